// The keyboard.

export const KEYS = [
  ["← →", "one step back or forward"],
  ["Shift + ← →", "a bigger step: a node, or a layer"],
  ["Home End", "to the beginning, to the end"],
  ["Space", "play or pause"],
  ["b", "to the next stop"],
  ["n N", "to the next note, to the one before"],
  ["/", "search for a node"],
  ["l", "the next level of folding"],
  ["⇥ ← ↑ ↵", "in the graph: into it, along an arrow, to the next box, what a click does; ⌫ goes back"],
  ["f + −", "fit the graph, zoom; Ctrl or ⌘ + wheel zooms too"],
  ["p", "presenter mode: the whole screen, in large type; PageDown and PageUp step there"],
  ["d", "descend: gradient descent in this page"],
  ["u", "undo the last change of a number"],
  ["t", "show or hide the table"],
];

/** Key → what it does to a player, given whether Shift is held. */
export function keyActions(player) {
  return {
    ArrowLeft: (bigger) => player.step(-1, bigger),
    ArrowRight: (bigger) => player.step(1, bigger),
    PageUp: () => player.step(-1),
    PageDown: () => player.step(1),
    Home: () => player.go(0),
    End: () => player.go(player.pass.end),
    " ": () => player.togglePlay(),
    b: () => player.toBreakpoint(),
    n: () => player.toNote(1),
    N: () => player.toNote(-1),
    "/": () => player.ui.table.search.focus(),
    l: () => player.showLevel(player.levels.index + 1),
    Backspace: () => player.back(),
    p: () => player.present(),
    t: () => player.toggleTable(),
    d: () => player.descent.isOffered && player.descent.toggleOpen(),
    u: () => player.undo(),
    f: () => player.stage.fit(),
    "+": () => player.stage.zoom(1.25),
    "-": () => player.stage.zoom(0.8),
    Escape: () => {
      if (player.presents) player.present();
      player.unselect();
      player.ui.table.search.value = "";
      player.search();
      player.ui.transport.play.focus();
    },
  };
}

/** Is something open in a player that Esc closes? */
export function hasOpen({ presents, card, ui }) {
  return presents || card.pinned || Boolean(ui.table.words) || ui.help.matches(":popover-open");
}
