// The trace, read: nodes with names and numbers, events with names for their numbers, and the correct pass.

import { numberFromJson } from "./numbers.js";
import { Pass } from "./pass.js";
import { isolate, lettered, shorten } from "./text.js";
import { ATOM, RAISED } from "./wording.js";

const LEAVES = ["input", "parameter", "constant"];

/** The JSON document that autograd/view describes, made ready for the player. `updates`: the table of update rules. */
export function readTrace(data, updates = {}) {
  const numbers = data.numbers.map(numberFromJson);
  const nodes = data.nodes.map((node, index) => readNode(data, numbers, node, index));
  const update = readUpdate(data.update, updates);
  const trace = { notes: [], ...data, nodes, numbers, L: nodes[data.root].of, update };
  const events = data.events.map((event) => readEvent(trace, event));
  for (const event of events) if (event.kind === "accumulate") receive(nodes, event);
  trace.correct = new Pass(trace, events);
  return trace;
}

/** What moves the parameters, with its row of the table, where a page can have it. */
function readUpdate({ running = [], ...update }, updates) {
  const lr = "lr" in update ? { lr: numberFromJson(update.lr) } : {};
  return {
    ...update,
    ...lr,
    row: updates[update.rule],
    running: running.map((numbers) => numbers.map(numberFromJson)),
  };
}

/** A slope that is not its op's comes from a backward of the user's own, of which only Python knows what it does. */
function receive(nodes, { node, parent, slot, local, n }) {
  nodes[parent].uses = n;
  if (Object.is(local, nodes[node].local[slot])) return;
  nodes[node].own = true;
  nodes[node].local[slot] = local;
}

function readNode(data, numbers, node, index) {
  const op = data.op_names[node.op];
  const { symbol = "", module = -1, own, parents = [], local = [], line = -1 } = node;
  const { label = own ? `${data.modules[module][0]}.${own}` : "" } = node;
  const { path = label, letter = "^", binds = letter.endsWith("^") ? ATOM : RAISED } = node;
  const given = "letter" in node ? lettered(node.letter) : node.name;
  const name = isolate(shorten(given ?? label));
  return {
    op,
    symbol,
    label,
    path,
    module,
    parents,
    line,
    index,
    data: numbers[node.data],
    local: local.map((i) => numbers[i]),
    uses: 0, // contributions to its gradient
    own: false, // a backward of the user's own
    kind: LEAVES.includes(op) ? op : "result",
    layer: outermost(data.modules, module),
    name,
    binds,
    of: binds < RAISED ? `(${name})` : name, // after a ∂
    given: given !== undefined, // a name that is not its label
    full: data.model && module >= 0 ? `${data.model}.${path}` : path,
  };
}

/** The layer of a module: the outermost module around it. */
function outermost(modules, module) {
  if (module < 0) return -1;
  const around = modules[module][1];
  return around < 0 ? module : outermost(modules, around);
}

function readEvent({ nodes, numbers, kinds }, [what, node, ...facts]) {
  const kind = kinds[what];
  const number = (i) => numbers[facts[i]];
  if (kind === "update") return { kind, node, before: number(0), after: number(1) };
  if (kind !== "accumulate") return { kind, node, upstream: number(0) };
  const slot = facts[0];
  return {
    kind,
    node,
    slot,
    parent: nodes[node].parents[slot],
    upstream: number(1),
    local: number(2),
    contribution: number(3),
    before: number(4),
    after: number(5),
    k: facts[6],
    n: facts[7],
  };
}

/** Is one of a node's names like what is searched for (in lower case)? */
export function matches(node, words) {
  return `${node.full} ${node.name} ${node.symbol} ${node.kind}`.toLowerCase().includes(words);
}

/** Which use, where a node is used twice by another: x · x has ∂/∂x = x at each use, and 2x in all. */
export function operandNote({ parents }, slot) {
  const uses = [...parents.keys()].filter((k) => parents[k] === parents[slot]);
  return uses.length > 1 ? ` (use ${uses.indexOf(slot) + 1} of ${uses.length})` : "";
}
