// How the boxes of the player's graph react.

/** What boxes.js asks for. */
export function reactionsOf(player) {
  const open = ({ folded, box, inside }) => {
    if (!folded) player.select(inside[0].index);
    else if (box.opens >= 0) player.openPart(box.opens);
    else player.back();
  };
  return {
    open,
    enter: (drawn) => {
      if (player.card.pinned) return;
      if (drawn.folded) player.card.showFolded(drawn);
      else player.card.show(player.moment(), drawn.inside[0].index);
    },
    numberOf: (node) => player.trace.nodes[node].data,
    setNumber: (node, x) => player.setNumber(node, x),
    leave: () => player.card.pinned || player.unselect(),
    focus: (boxes) => player.stage.follow(boxes.map(({ box }) => box.at)),
    toRoot: () => player.ui.root.focus({ preventScroll: true }),
    press: (drawn) => {
      open(drawn);
      const { trail } = player.ui;
      if (drawn.folded && !trail.hidden) trail.firstChild.focus();
    },
  };
}
