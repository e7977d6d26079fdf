// What happens at one moment, in words and numbers.

import { MISTAKES } from "./mistakes.js";
import { formatNumber, formatSigned, isClose, productText } from "./numbers.js";
import { operandNote } from "./trace.js";
import { equation, nameInFormula, partial, slope } from "./wording.js";

const MOST_GIVEN = 6; // of each kind, by name
const FEW_RECEIVERS = 2; // which are named

/** The sentence of the moment `time` of a pass. */
export function sentence(trace, pass, time) {
  const event = pass.event(time);
  if (!event) return "Nothing is computed yet. Step forward (→) to begin the forward pass.";
  const { L } = trace;
  switch (event.kind) {
    case "given":
      return givenSentence(trace);
    case "forward":
      return forwardSentence(trace, event);
    case "zero":
      return "zero_grad: every gradient is set to 0, because backward only ever adds to what is there.";
    case "seed":
      return `Backward begins at ${L}: a number changes with itself one to one, so ∂${L}/∂${L} = 1.`;
    case "visit":
      return visitSentence(trace, pass, event, time);
    case "accumulate":
      return accumulateSentence(trace, pass, event, time);
    case "update":
      return updateSentence(trace, pass, event);
    default:
      return doneSentence(trace, pass);
  }
}

/** The numbers with which the forward pass begins, by their kinds: named if they are few, else counted. */
function givenSentence({ nodes }) {
  const said = ["input", "parameter", "constant", "result"].flatMap((kind) => {
    const some = nodes.filter((node) => !node.parents.length && node.kind === kind);
    const all = some.map(({ name, data }) => `${name} = ${formatNumber(data)}`).join(", ");
    if (!some.length) return [];
    if (some.length > MOST_GIVEN) return [`${some.length} ${kind}s`];
    return [`${kind}${some.length === 1 ? "" : "s"} ${all}`];
  });
  return `Given: ${said.join("; ")}.`;
}

function forwardSentence(trace, event) {
  const { nodes } = trace;
  const node = nodes[event.node];
  const said = equation(trace, node);
  if (said) return `Forward: ${said}.`;
  const value = `${node.name} = ${formatNumber(node.data)}`;
  const operands = node.parents.slice(0, 6).map((p) => `${nodes[p].name} = ${formatNumber(nodes[p].data)}`);
  return `Forward: ${value}, by ${node.symbol} from ${operands.join(", ")}${node.parents.length > 6 ? ", …" : ""}.`;
}

/** "wrong (1 is right)" where a mistake has changed a gradient, else "". */
function wrongness({ correct }, pass, node, x) {
  return !pass.mistake || isClose(x, correct.final[node])
    ? ""
    : `wrong (${formatNumber(correct.final[node])} is right)`;
}

function visitSentence(trace, pass, event, time) {
  const node = trace.nodes[event.node];
  const { name, of, uses, parents } = node;
  const arrived = pass.arrived(event.node, time).length;
  const gradient = `∂${trace.L}/∂${of} = ${formatNumber(event.upstream)}`;
  if (arrived < uses) {
    const early = `Too early: ${name} is visited when only ${arrived} of ${uses} contributions have arrived.`;
    return `${early} It passes on ${gradient}.`;
  }
  const all = uses > 1 ? `all ${uses} of ${uses} contributions have arrived, so ` : "";
  const verdict = wrongness(trace, pass, event.node, event.upstream) || "complete";
  const passed = `is passed on to ${receivers(trace, parents)}`;
  return `Visit ${name}: ${all}${gradient} is ${verdict} and ${passed}.`;
}

/** What a gradient is passed on to: the numbers that its node was computed from, by name if they are few. */
function receivers({ nodes }, parents) {
  const different = [...new Set(parents)];
  if (different.length > FEW_RECEIVERS) return `the ${different.length} numbers it was computed from`;
  const named = different.map((p) => nameInFormula(nodes[p])).join(" and ");
  return different.length < parents.length ? `${named}, once for each use` : named;
}

function accumulateSentence(trace, pass, event, time) {
  const { nodes, L } = trace;
  const { upstream, local, contribution, before, after } = event;
  const node = nodes[event.node];
  const w = nodes[event.parent].of;
  const sign = pass.mistake === "assign" ? "=" : "+=";
  const slot = `${partial(trace, node, event.slot)}${operandNote(node, event.slot)}`;
  const rule = `∂${L}/∂${w} ${sign} ∂${L}/∂${node.of} · ${slot}`;
  const product = `${productText(upstream, local)} = ${formatNumber(contribution)}`;
  const change = `(${formatNumber(before)} → ${formatNumber(after)})`;
  const why = slope(trace, node, event.slot);
  return `${rule} = ${product} ${change}${why && `, where ${why}`}. ${afterContribution(trace, pass, event, time)}`;
}

/** What a contribution means to the node that it arrived at. */
function afterContribution(trace, pass, event, time) {
  const { k, n, before, after } = event;
  const { name, parents } = trace.nodes[event.parent];
  if (pass.mistake === "assign" && k > 1) return `The ${formatNumber(before)} that had arrived is lost.`;
  if (pass.history[event.parent].visit < time)
    return `Too late: ${name} has already been visited, so this goes no further.`;
  if (k < n) return `${k} of ${n} contributions: ${name} has to wait.`;
  const all = n > 1 ? `${k} of ${n} contributions: ` : "";
  const wrong = wrongness(trace, pass, event.parent, after);
  if (wrong) return `${all}The gradient of ${name} is ${wrong}.`;
  return parents.length ? `${all}${name} can be visited.` : `${all}${name} has its gradient.`;
}

function updateSentence({ nodes, L, update }, pass, { node, before, after }) {
  const { name, of } = nodes[node];
  const gradient = pass.final[node];
  const [old, now] = [formatNumber(before), formatNumber(after)];
  const slopeOf = `∂${L}/∂${of}`;
  if ("lr" in update) {
    const rule = `${name} ← ${name} − ${formatNumber(update.lr)} · ${slopeOf}`;
    return `${update.by}: ${rule} = ${old} − ${productText(update.lr, gradient)} = ${now}.`;
  }
  const step = formatSigned(after - before);
  return `${update.by}: ${name} goes ${old} → ${now}, a step of ${step}, where ${slopeOf} = ${formatNumber(gradient)}.`;
}

/** What ΔL/ε has to do with the gradient: ΔL is what L changed by when a leaf moved by ε. */
export function nudgeSentence({ L }, { name, of }, ε, ΔL, gradient) {
  const quotient = `Δ${L}/ε = ${formatNumber(ΔL)}/${formatNumber(ε)} = ${formatNumber(ΔL / ε)}`;
  const moved = `${name} moves by ε = ${formatNumber(ε)}, and ${L} by Δ${L} = ${formatNumber(ΔL)}`;
  return `${moved}: ${quotient}. The smaller ε, the nearer to ∂${L}/∂${of} = ${formatNumber(gradient)}.`;
}

function doneSentence({ nodes, correct }, pass) {
  if (!pass.mistake) {
    return "Done: every node was visited once, after all that used it, and every gradient is complete.";
  }
  const wrong = nodes.filter((_, i) => !isClose(pass.final[i], correct.final[i])).length;
  const done = `Done, with “${MISTAKES[pass.mistake]}”`;
  if (!wrong) return `${done}: no gradient is wrong, in this graph it makes no difference.`;
  return `${done}: ${wrong} of ${nodes.length} gradients ${wrong === 1 ? "is" : "are"} wrong.`;
}
