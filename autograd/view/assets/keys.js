// The keyboard.

export const HELP = [
  ["← →", "one step back or forward"],
  ["Shift + ← →", "a bigger step: a node, or a layer"],
  ["Home End", "to the beginning, to the end"],
  ["Space", "play or pause"],
  ["b", "to the next breakpoint"],
  ["/", "search for a node"],
  ["l", "the next level of folding"],
  ["Enter ⌫", "open the focused box; go back"],
  ["f + −", "fit the graph, zoom; Ctrl or ⌘ + wheel zooms too"],
  ["p", "presenter mode: the whole screen, in large type; PageDown and PageUp step there"],
  ["t", "show or hide the table"],
  ["?", "this help"],
  ["Esc", "close what is open"],
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
    "/": () => player.ui.table.search.focus(),
    l: () => player.showLevel(player.levels.index + 1),
    Backspace: () => player.back(),
    p: () => player.present(),
    t: () => player.ui.root.classList.toggle("untabled"),
    f: () => player.stage.fit(),
    "+": () => player.stage.zoom(1.25),
    "-": () => player.stage.zoom(0.8),
    "?": () => player.toggleHelp(),
    Escape: () => {
      if (player.presents) player.present();
      player.ui.help.hidden = true;
      player.unselect();
      player.clearSearch();
      player.ui.transport.play.focus();
    },
  };
}

const TEXT = "input:not([type=range]):not([type=checkbox]), textarea, select";
const PRESSABLE = "button, [role=button], input[type=checkbox]";

/** Does what a key stands for, where the player is meant and nobody is typing. */
export function onKey(player, actions, event) {
  const { target, key } = event;
  const { root, transport } = player.ui;
  const action = actions[key];
  if (!action || !(player.options.ownsPage || root.contains(target))) return;
  if (key.startsWith("Page") && !player.presents) return; // it scrolls; a clicker is for presenting
  if (key === "Escape") {
    action();
    return;
  }
  const typing = target.matches?.(TEXT) && !(target.value === "" && /^(Arrow|Page)/.test(key));
  if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
  if (key === " " && target.matches?.(PRESSABLE) && target !== transport.play) return; // it is pressed
  event.preventDefault();
  event.stopPropagation();
  action(event.shiftKey);
}
