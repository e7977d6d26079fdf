// The boxes of a graph: drawn once, then painted anew for each moment.

import { s, setClass, setFormula, setText } from "./dom.js";
import { grainOf, moved } from "./leaf_editor.js";
import { linkTo } from "./linking.js";
import { formatNumber, formatSigned, signClass } from "./numbers.js";
import { numbersAt } from "./pass.js";
import { matches } from "./trace.js";

export const LINE = 19; // px from one line of text to the next
const GRAIN = 8; // px of dragging, for each grain by which a number moves
export const CHARACTER = 8.43; // px, the width of one
export const PIPS = "one for each contribution to its gradient; the full ones have arrived";
const MOST_PIPS = 5; // as many as a box is high; a node that is used more often has only its badge

/** A box of a map, with `inside`, the nodes it stands for. A folded box stands for many and only counts them. */
export function drawBox(box, inside) {
  const [cx, cy, width, height] = box.at;
  const [x, y] = [cx - width / 2, cy - height / 2];
  const folded = box.kind === "folded";
  const [node] = inside;
  const left = x + 9 + (box.chip ? box.chip + 9 : 0);
  const first = y + 21 - (box.name ? 0 : LINE);
  const texts = [0, 1, 2].map((row) => s("text", { x: left, y: first + row * LINE }));
  setClass(texts[0], "name");
  if (box.name) setFormula(texts[0], box.name);
  const pips = folded || node.uses < 2 || node.uses > MOST_PIPS ? [] : drawPips(node.uses, x + width, cy);
  const badge = s("text", { class: "badge", x: x + width - 9, y: y + 21 }); // beside the name
  const right = s("text", { class: "right", x, y: y + height + 13 }); // the right number, beside a wrong one
  const changing = folded ? [] : node.uses > 1 ? [badge, right] : [right];
  const shown = texts.slice(box.name ? 0 : 1);
  const legend = pips.length > 0 && s("g", {}, s("title", {}, PIPS), ...pips);
  const link = linkTo({ nodes: inside.map(({ index }) => index) });
  const g = s("g", { class: "box", ...link }, ...drawShape(box, node), ...shown, legend, ...changing);
  return { g, box, inside, texts, pips, badge, right, folded, room: x + width - left - 5 };
}

function drawShape({ at: [cx, cy, width, height], kind, chip }, node) {
  const [x, y] = [cx - width / 2, cy - height / 2];
  const rect = (name, inset, rx) => {
    const size = { width: width - 2 * inset, height: height - 2 * inset };
    return s("rect", { class: name, x: x + inset, y: y + inset, ...size, rx });
  };
  const symbol = s("text", { class: "symbol", x: x + 4.5 + chip / 2, y: cy + 5 });
  if (chip > 0) setFormula(symbol, node.symbol);
  return [
    rect("ring", -6, 9),
    rect("shape", 0, { input: 14, result: 5 }[kind] ?? 1),
    kind === "parameter" && rect("shape inner", 3),
    chip > 0 && s("rect", { class: "chip", x: x + 4.5, y: y + 4.5, width: chip, height: height - 9, rx: 4 }),
    chip > 0 && symbol,
  ];
}

/** A pip for each contribution that the node waits for, down its right side. */
function drawPips(n, right, middle) {
  const pip = (_, k) =>
    s("rect", { class: "pip", x: right - 5, y: middle - n * 6.5 + 13 * k, width: 10, height: 10, rx: 2 });
  return Array.from({ length: n }, pip);
}

/** Makes a box react to the pointer and to clicks. */
export function addReactions(drawn, { enter, leave, open, numberOf, setNumber }) {
  const { g, inside, folded } = drawn;
  if (!folded && inside[0].kind !== "result") letDragNumber(g, inside[0], { numberOf, setNumber });
  g.addEventListener("pointerenter", () => enter(drawn));
  g.addEventListener("pointerleave", () => leave(drawn));
  g.addEventListener("click", () => open(drawn));
}

/** A leaf's number is a slider: dragged to the right it grows, with Shift in tenths. A drag is no click. */
function letDragNumber(g, { index }, { numberOf, setNumber }) {
  let drag = {}; // where it began, and the number then
  let wasDragged = false;
  g.addEventListener("pointerdown", (event) => {
    if (event.button) return;
    drag = { from: event.clientX, x: numberOf(index) };
    wasDragged = false;
    event.stopPropagation(); // the stage stays where it is
    g.setPointerCapture(event.pointerId);
  });
  g.addEventListener("pointermove", (event) => {
    if (!g.hasPointerCapture(event.pointerId)) return;
    const grains = Math.round((event.clientX - drag.from) / GRAIN);
    wasDragged ||= grains !== 0;
    if (wasDragged) setNumber(index, moved(drag.x, grains, grainOf(drag.x) / (event.shiftKey ? 10 : 1)));
  });
  g.addEventListener("click", (event) => wasDragged && event.stopImmediatePropagation());
}

/** Shows a moment; `role` is "now" for the box at work, "target" for the one that receives, else "". */
export function paintBox(drawn, moment, role) {
  setClass(drawn.g, boxClasses(drawn, moment, role));
  if (drawn.folded) paintFolded(drawn, moment);
  else paintNode(drawn, moment);
}

function boxClasses({ box, inside }, { pass, time, selected, stops, words, backward, changes }, role) {
  const reached = inside.some(({ index }) => pass.computed(index, time));
  const visited = ({ index, parents }) =>
    parents.length ? pass.history[index].visit <= time : backward && pass.complete(index, time);
  return [
    "box",
    box.kind,
    !reached && "hollow",
    reached && inside.every(visited) && "visited",
    role,
    words && inside.some((node) => matches(node, words)) && "found",
    inside.some(({ index }) => index === selected) && "selected",
    inside.some(({ index }) => stops.has(index)) && "stop",
    inside.some(({ index }) => changes.has(index)) && "changed",
    box.kind !== "folded" && inside[0].kind !== "result" && "leaf",
  ]
    .filter(Boolean)
    .join(" ");
}

function paintNode(drawn, moment) {
  const { texts, pips, badge, room } = drawn;
  const [{ index, uses }] = drawn.inside;
  const { pass, time, changes } = moment;
  const { data, gradient, isAsked, right } = numbersAt(moment, index);
  const arrived = pass.arrived(index, time).length;
  const isWrong = right !== undefined;
  const Δ = changes.nudge.deltas?.[index];
  setText(texts[1], data === undefined ? "data" : fitted("data ", formatNumber, data, room));
  setClass(texts[1], pass.history[index].update <= time ? "name" : "");
  const isKnown = gradient !== undefined;
  if (isKnown) setText(texts[2], fitted(isWrong ? "✗ " : "grad ", formatSigned, gradient, room));
  else setText(texts[2], isAsked ? "grad ?" : "grad");
  setClass(texts[2], isKnown ? signClass(gradient) : "");
  for (const [k, pip] of pips.entries()) setClass(pip, k < arrived ? "pip full" : "pip");
  setText(badge, uses > 1 && arrived && !isWrong ? `${arrived} of ${uses}` : "");
  if (isWrong) setText(drawn.right, `✓ ${formatSigned(right)}`);
  else setText(drawn.right, Δ ? `Δ ${formatSigned(Δ)}` : "");
}

/** A line of a box, which has room for Python's numbers: of another, as many of four digits as fit, then it alone. */
function fitted(word, format, x, room) {
  for (const before of [word, ""]) {
    for (let digits = 4; digits > 0; digits -= 1) {
      const text = before + format(Number(x.toPrecision(digits)));
      if (text.length * CHARACTER <= room) return text;
    }
  }
  return format(Number(x.toPrecision(1)));
}

/** How many of its nodes are done. */
function paintFolded({ inside, texts }, { pass, time, backward }) {
  const done = ({ index }) => (backward ? pass.complete(index, time) : pass.computed(index, time));
  const count = `${inside.filter(done).length}/${inside.length}`;
  setText(texts[1], backward ? `∂ ${count}` : count);
}
