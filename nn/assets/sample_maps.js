// The maps of a sample's trace: its nodes, its neurons, its layers, and the parts to which the boxes of these open.
// autograd/view/levels.py makes the same for any graph. What a box stands for is a node, or −1 − a part.

import { range } from "../../autograd/view/assets/arrays.js";
import { CHARACTER, LINE } from "../../autograd/view/assets/boxes.js";
import { formatNumber, formatSigned } from "../../autograd/view/assets/numbers.js";
import { scripts } from "../../autograd/view/assets/text.js";
import { inColumns } from "./columns.js";

const [MOST_NODES, MOST_ARROWS] = [300, 800]; // of a level; the coarsest may have more arrows
const BOX_MARGIN = 9; // px in a box
const ROW = 860; // px: as wide as can be read on the stage; single nodes are never read as a whole
const SYMBOL = 17 / 14; // the size of an op's symbol beside that of other text

/**
 * `nodes`: of the trace, with the layer and the neuron that they belong to; `events`; `sizes`: neurons of each layer.
 * Returns { levels, parts, part }.
 */
export function sampleMaps(nodes, events, sizes) {
  const maps = new Maps(nodes, events, sizes);
  const levels = [
    nodes.length <= MOST_NODES && maps.level("nodes", ({ index }) => index, maps.parts, MOST_ARROWS),
    maps.level("neurons", (node) => maps.folded(node, maps.partOf(node)), maps.layers, MOST_ARROWS),
    maps.level("layers", (node) => maps.folded(node, node.layer), [], Infinity),
  ];
  return {
    levels: levels.filter(Boolean),
    parts: maps.parts.map((_, k) => maps.part(k)),
    part: nodes.map((node) => maps.partOf(node)),
  };
}

class Maps {
  constructor(nodes, events, sizes) {
    this.nodes = nodes;
    this.longest = longestTexts(nodes, events);
    this.layers = sizes.map((_, l) => ({ title: `layer ${l + 1}`, around: -1 }));
    const neurons = sizes.flatMap((m, l) => range(m).map((i) => ({ title: `neuron ${i + 1}`, around: l })));
    this.parts = [...this.layers, ...neurons];
    this.first = sizes.map((_, l) => this.layers.length + neurons.findIndex(({ around }) => around === l));
    this.members = this.parts.map(() => []);
    for (const node of nodes) {
      if (node.layer !== undefined) for (const k of [node.layer, this.partOf(node)]) this.members[k].push(node);
    }
    this.slots = nodes.flatMap((head) => head.parents.map((p, slot) => ({ tail: nodes[p], head, slot })));
    this.joining = nodes.map(() => []); // the slots to which a node belongs
    for (const slot of this.slots) for (const { index } of [slot.tail, slot.head]) this.joining[index].push(slot);
  }

  /** The innermost part of a node. */
  partOf({ layer = -1, neuron }) {
    return layer < 0 ? -1 : this.first[layer] + neuron;
  }

  /** The box of a node that is drawn in this part, if it is in any. */
  folded(node, part) {
    return node.layer === undefined ? node.index : -1 - part;
  }

  // ── levels ──

  /** `boxOf(node)`: what stands for it; `frames`: parts around boxes. Null, if there are more than `most` arrows. */
  level(name, boxOf, frames, most) {
    const scene = this.scene(this.nodes, this.slots, boxOf);
    if (scene.links.length > most) return null;
    const isInner = frames.length > this.layers.length;
    const frameOf = ({ layer = -1, ...node }) => (isInner ? this.partOf({ layer, ...node }) : layer);
    const items = scene.boxes.map(({ inside: [node], ...box }) => ({
      ...box,
      frame: frames.length ? frameOf(node) : -1,
    }));
    const around = frames.map((frame) => frame.around);
    const drawn = inColumns(items, scene.links, around, isInner ? Infinity : ROW);
    const place = new Map(scene.boxes.map(({ what }, i) => [what, i]));
    return {
      name,
      note: isInner ? "" : "Click a box to open it.",
      size: drawn.size.map(Math.round),
      place: this.nodes.map((node) => place.get(boxOf(node))),
      boxes: items.map((box, i) => boxAt(box, drawn.centres[i])),
      arrows: scene.links.map((ends, i) => ({ ends, ...drawn.arrows[i] })),
      frames: frames.map(({ title }, f) => ({ title, at: drawn.frames[f].map(Math.round) })),
    };
  }

  // ── parts ──

  /** A part as it is opened: what is in it, what that is joined to, and a box for all else. */
  part(k) {
    const { title, around } = this.parts[k];
    const isOwn = (node) => (around < 0 ? node.layer === k : this.partOf(node) === k);
    const slots = this.members[k].flatMap(({ index }) => this.joining[index]);
    const joined = new Set([...this.members[k], ...slots.flatMap(({ tail, head }) => [tail, head])]);
    const boxOf = (node) => {
      if (!isOwn(node)) return this.folded(node, node.layer);
      return around < 0 ? -1 - this.partOf(node) : node.index;
    };
    const inOrder = [...joined].sort((a, b) => a.index - b.index);
    const scene = this.scene(inOrder, slots, boxOf);
    const rest =
      joined.size < this.nodes.length
        ? [{ what: null, isFed: false, ...boxSize(["elsewhere", "∂ 0/0"]), inside: [{}] }]
        : [];
    const items = [...scene.boxes, ...rest].map(({ inside: [node], ...box }) => ({
      ...box,
      frame: isOwn(node) ? 0 : -1,
    }));
    const { size, centres, frames } = inColumns(items, scene.links, [-1], Infinity);
    return {
      title,
      in: around,
      size: size.map(Math.round),
      boxes: items.map(({ what, width, height, chip }, i) => [
        what,
        ...[...centres[i], width, height, chip].map(Math.round),
      ]),
      frames: [{ title, at: frames[0].map(Math.round) }],
    };
  }

  // ── boxes and links ──

  /** The boxes of some nodes, each with those `inside`, as one reads a formula; and how slots join them. */
  scene(nodes, slots, boxOf) {
    const boxes = new Map();
    const waiting = new Set(nodes);
    const add = (node) => {
      if (!waiting.delete(node)) return;
      const what = boxOf(node);
      if (!boxes.has(what)) boxes.set(what, { what, inside: [] });
      boxes.get(what).inside.push(node);
    };
    for (const node of nodes.filter(({ parents }) => parents.length)) {
      for (const parent of node.parents.map((p) => this.nodes[p])) if (!parent.parents.length) add(parent);
      add(node);
    }
    const places = new Map([...boxes.keys()].map((what, i) => [what, i]));
    const links = new Map();
    for (const { tail, head, slot } of slots) {
      const [from, to] = [boxOf(tail), boxOf(head)];
      const isShared = from < 0 || to < 0;
      if (from !== to) links.set(`${from} ${to} ${isShared || slot}`, [places.get(from), places.get(to)]);
    }
    return { boxes: [...boxes.values()].map((box) => ({ ...box, ...this.face(box) })), links: [...links.values()] };
  }

  /** What a box shows, and its size. */
  face({ what, inside }) {
    if (what < 0) {
      const { title } = this.parts[-1 - what];
      const n = this.members[-1 - what].length;
      return { kind: "folded", name: title, opens: -1 - what, isFed: false, ...boxSize([title, `∂ ${n}/${n}`]) };
    }
    const [{ op, name, symbol, parents, index }] = inside;
    const isFed = parents.some((p) => !this.nodes[p].parents.length && this.partOf(this.nodes[p]) >= 0);
    const kind = parents.length ? "result" : op;
    return { kind, name, opens: -1, isFed, ...boxSize([name, ...this.longest[index]], symbol) };
  }
}

function boxAt({ kind, width, height, chip, name, opens }, [x, y]) {
  return { kind, at: [x, y, width, height].map(Math.round), chip, name, opens };
}

/** Of every node the longest texts of its number and of its gradient, which grows. */
function longestTexts(nodes, events) {
  const texts = nodes.map(({ data }) => [`data ${formatNumber(data)}`, "grad 0"]);
  const grows = (node, gradient) => {
    const text = `grad ${formatSigned(gradient)}`;
    if (text.length > texts[node][1].length) texts[node][1] = text;
  };
  for (const { kind, parent, node, after, upstream } of events) {
    if (kind === "accumulate") grows(parent, after);
    if (kind === "visit") grows(node, upstream);
  }
  return texts;
}

/** The size of a box with these lines, and of the chip with its op's symbol. */
function boxSize(lines, symbol = "") {
  const chip = symbol && Math.round(cells(symbol) * CHARACTER * SYMBOL + 12);
  const width = Math.max(...lines.map(cells)) * CHARACTER + (symbol ? chip + 3 * BOX_MARGIN : 2 * BOX_MARGIN);
  return { width, height: lines.length * LINE + 2 * BOX_MARGIN - 4, chip: chip || 0 };
}

/** How many characters wide a text is: indices are smaller, and a tilde stands above its letter. */
function cells(text) {
  return scripts(text.replace(/\p{M}/gu, "")).reduce((sum, [run, level]) => sum + run.length * (level ? 0.75 : 1), 0);
}
