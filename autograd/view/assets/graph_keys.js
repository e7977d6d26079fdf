// The keyboard in a graph: one tab stop, from which arrow keys lead along the edges, from box to arrow to box.

import { furnish } from "./dom.js";
import { formatNumber } from "./numbers.js";
import { numbersAt } from "./pass.js";
import { plain } from "./phrase.js";
import { equation } from "./wording.js";

const SIDEWAYS = { ArrowRight: 0, ArrowLeft: 1 }; // the end of an arrow at which one begins
const ASIDE = { ArrowDown: 1, ArrowUp: -1 };

/** Where a key leads from a box or an arrow: along an edge, or to the next box, or arrow with the same end `side`. */
export function neighbour({ boxes, arrows }, at, key, side) {
  const from = SIDEWAYS[key];
  if (from === undefined) {
    const row = at.ends ? arrows.filter(({ ends }) => ends[side] === at.ends[side]) : boxes;
    return row[row.indexOf(at) + (ASIDE[key] ?? Number.NaN)];
  }
  return at.ends ? boxes[at.ends[1 - from]] : arrows.find(({ ends }) => boxes[ends[from]] === at);
}

/**
 * Lets the keyboard into a graph. `focus(boxes)`: these are
 * to be seen; `press(drawn)`: what a click does; `toRoot()`: out of it.
 */
export function walkByKeys(graph, { focus, press, toRoot }) {
  const { boxes, arrows, svg } = graph;
  const drawn = new Map([...boxes, ...arrows].map((one) => [one.g, one]));
  let stop = boxes[0].g;
  let side = 0; // the end of an arrow at the box from which one came
  const meet = ({ target }) => {
    const one = drawn.get(target);
    furnish(stop, { tabindex: -1 });
    stop = furnish(target, { tabindex: 0, "aria-label": labelOf(graph, one) });
    focus(one.ends ? one.ends.map((i) => boxes[i]) : [one]);
  };
  const key = (event) => {
    const one = drawn.get(event.target);
    const next = neighbour(graph, one, event.key, side);
    side = SIDEWAYS[event.key] ?? side;
    const isPress = "Enter ".includes(event.key) && one.box;
    if (next || isPress) event.preventDefault();
    next?.g.focus();
    if (isPress) press(one);
  };
  for (const [g, one] of drawn) {
    const name = one.folded && labelOf(graph, one);
    furnish(g, { tabindex: -1, role: one.ends ? "img" : "button", "aria-label": name });
  }
  furnish(stop, { tabindex: 0 });
  const click = (event) => {
    event.preventDefault(); // who clicks steps on with the arrow keys
    toRoot();
  };
  furnish(svg, { onfocusin: meet, onkeydown: key, onmousedown: click });
}

/** "v3 = w·x = 2, gradient 0.5"; what there is of it at the moment that a graph shows. */
function labelOf({ boxes, moment }, { box, inside, folded, ends, flow }) {
  const withGradient = (text, x) => (x === undefined ? text : `${text}, gradient ${formatNumber(x)}`);
  if (ends) {
    const [tail, head] = ends.map((i) => (boxes[i].folded ? boxes[i].box.name : boxes[i].inside[0].name));
    return withGradient(`${tail} to ${head}`, moment.isAsking || !flow ? undefined : flow);
  }
  if (folded) return `${box.opens < 0 ? "" : "open "}${box.name}, ${inside.length} nodes`;
  const node = moment.trace.nodes[inside[0].index];
  const { data, gradient } = numbersAt(moment, node.index);
  const said = plain(equation(moment.trace, node)) || `${node.name} = ${formatNumber(node.data)}`;
  return withGradient(data === undefined ? node.name : said, gradient);
}
