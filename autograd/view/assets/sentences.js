// What happens at one moment, in words and numbers, as phrases.

import { MISTAKES } from "./mistakes.js";
import { bracketed, formatNumber, formatSigned, isClose, productText } from "./numbers.js";
import { join, nodeTerm, phrase, slotTerm } from "./phrase.js";
import { operandNote } from "./trace.js";
import { called, dataOf, equation, gradientOf, nameInFormula, partial, slope } from "./wording.js";

const PLAIN_DESCENT = "gradient descent";
const MOST_GIVEN = 6; // of each kind, by name
const FEW_RECEIVERS = 2; // which are named

/** The sentence of the moment `time` of a pass. */
export function sentence(trace, pass, time) {
  const event = pass.event(time);
  if (!event) return ["Nothing is computed yet. Press ▶ (or →) for the first step."];
  switch (event.kind) {
    case "given":
      return givenSentence(trace);
    case "forward":
      return forwardSentence(trace, event);
    case "zero":
      return ["zero_grad: every gradient is set to 0, because backward only ever adds to what is there."];
    case "seed":
      return seedSentence(trace);
    case "visit":
      return visitSentence(trace, pass, event, time);
    case "accumulate":
      return accumulateSentence(trace, pass, event, time);
    case "update":
      return updateSentence(trace, pass, event);
    default:
      return [doneSentence(trace, pass)];
  }
}

/** The numbers with which the forward pass begins, by their kinds: named if they are few, else counted. */
function givenSentence({ nodes }) {
  const said = ["input", "parameter", "constant", "result"].flatMap((kind) => {
    const some = nodes.filter((node) => !node.parents.length && node.kind === kind);
    if (!some.length) return [];
    if (some.length > MOST_GIVEN) return [[`${some.length} ${kind}s`]];
    return [phrase`${kind}${some.length === 1 ? "" : "s"} ${join(some.map(numbered), ", ")}`];
  });
  return phrase`Given: ${join(said, "; ")}.`;
}

/** "w = 2" */
function numbered(node) {
  return phrase`${called(node)} = ${dataOf(node)}`;
}

function seedSentence(trace) {
  const root = trace.nodes[trace.root];
  const seed = phrase`${gradientOf(trace, root)} = ${nodeTerm("1", root)}`;
  return phrase`Backward begins at ${nodeTerm(trace.L, root)}: a number changes with itself one to one, so ${seed}.`;
}

function forwardSentence(trace, event) {
  const { nodes } = trace;
  const node = nodes[event.node];
  const said = equation(trace, node);
  if (said.length) return phrase`Forward: ${said}.`;
  const operands = join(
    node.parents.slice(0, 6).map((p) => numbered(nodes[p])),
    ", ",
  );
  return phrase`Forward: ${numbered(node)}, by ${node.symbol} from ${operands}${node.parents.length > 6 ? ", …" : ""}.`;
}

/** "wrong (1 is right)" where a mistake has changed a gradient, else "". */
function wrongness({ correct }, pass, node, x) {
  return !pass.mistake || isClose(x, correct.final[node])
    ? ""
    : `wrong (${formatNumber(correct.final[node])} is right)`;
}

function visitSentence(trace, pass, event, time) {
  const node = trace.nodes[event.node];
  const { uses, parents } = node;
  const arrived = pass.arrived(event.node, time).length;
  const gradient = phrase`${gradientOf(trace, node)} = ${nodeTerm(formatNumber(event.upstream), node)}`;
  if (arrived < uses) {
    const early = `is visited when only ${arrived} of ${uses} contributions have arrived`;
    return phrase`Too early: ${called(node)} ${early}. It passes on ${gradient}.`;
  }
  const all = uses > 1 ? `all ${uses} of ${uses} contributions have arrived, so ` : "";
  const verdict = wrongness(trace, pass, event.node, event.upstream) || "complete";
  const passed = phrase`is passed on to ${receivers(trace, parents)}`;
  return phrase`Visit ${called(node)}: ${all}${gradient} is ${verdict} and ${passed}.`;
}

/** What a gradient is passed on to: the numbers that its node was computed from, by name if they are few. */
function receivers({ nodes }, parents) {
  const different = [...new Set(parents)];
  if (different.length > FEW_RECEIVERS) return `the ${different.length} numbers it was computed from`;
  const named = join(
    different.map((p) => nameInFormula(nodes[p])),
    " and ",
  );
  return different.length < parents.length ? phrase`${named}, once for each use` : named;
}

function accumulateSentence(trace, pass, event, time) {
  const { nodes } = trace;
  const { upstream, local, contribution, before, after, slot } = event;
  const [z, w] = [nodes[event.node], nodes[event.parent]];
  const sign = pass.mistake === "assign" ? "=" : "+=";
  const along = phrase`${partial(trace, z, slot)}${operandNote(z, slot)}`;
  const rule = phrase`${gradientOf(trace, w)} ${sign} ${gradientOf(trace, z)} · ${along}`;
  const factors = phrase`${nodeTerm(formatNumber(upstream), z)} · ${slotTerm(bracketed(formatNumber(local)), z, slot)}`;
  const product = phrase`${factors} = ${slotTerm(formatNumber(contribution), z, slot)}`;
  const change = phrase`(${nodeTerm(`${formatNumber(before)} → ${formatNumber(after)}`, w)})`;
  const why = slope(trace, z, slot);
  const where = why.length ? phrase`, where ${why}` : "";
  return phrase`${rule} = ${product} ${change}${where}. ${afterContribution(trace, pass, event, time)}`;
}

/** What a contribution means to the node that it arrived at. */
function afterContribution(trace, pass, event, time) {
  const { k, n, before, after } = event;
  const node = trace.nodes[event.parent];
  const name = called(node);
  if (pass.mistake === "assign" && k > 1) return `The ${formatNumber(before)} that had arrived is lost.`;
  if (pass.history[event.parent].visit < time)
    return phrase`Too late: ${name} has already been visited, so this goes no further.`;
  if (k < n) return phrase`${k} of ${n} contributions: ${name} has to wait.`;
  const all = n > 1 ? `${k} of ${n} contributions: ` : "";
  const wrong = wrongness(trace, pass, event.parent, after);
  if (wrong) return phrase`${all}The gradient of ${name} is ${wrong}.`;
  return node.parents.length ? phrase`${all}${name} can be visited.` : phrase`${all}${name} has its gradient.`;
}

function updateSentence(trace, pass, event) {
  const { nodes, update } = trace;
  const { before, after } = event;
  const node = nodes[event.node];
  const gradient = pass.final[event.node];
  const [old, now] = [before, after].map((x) => nodeTerm(formatNumber(x), node));
  const name = called(node);
  if (update.by === PLAIN_DESCENT) {
    const rule = phrase`${name} ← ${name} − ${formatNumber(update.lr)} · ${gradientOf(trace, node)}`;
    return phrase`${update.by}: ${rule} = ${old} − ${productText(update.lr, gradient)} = ${now}.`;
  }
  const slopeOf = phrase`${gradientOf(trace, node)} = ${nodeTerm(formatNumber(gradient), node)}`;
  const step = formatSigned(after - before);
  return phrase`${update.by}: ${name} goes ${old} → ${now}, a step of ${step}, where ${slopeOf}.`;
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
