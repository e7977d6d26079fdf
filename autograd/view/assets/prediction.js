// The student predicts a gradient: what is asked, and what a wrong answer forgot.

import { formatNumber } from "./numbers.js";
import { rule } from "./wording.js";

/** What is asked when a contribution arrives. */
export function question({ nodes, L }, event) {
  const [z, w] = [nodes[event.node], nodes[event.parent]];
  const was = `∂${L}/∂${w.of} was ${formatNumber(event.before)}`;
  const given = `∂${L}/∂${z.of} = ${formatNumber(event.upstream)}, and ${was}`;
  return `${z.name} passes its gradient on to ${w.name}: ${given}. What is ∂${L}/∂${w.of} now?`;
}

/** Why a predicted gradient is not the right one; "" when it is. `hint`: what ruleOf says of the slot. */
export function diagnose(guess, event, hint) {
  const { before, after, upstream, local, contribution } = event;
  const near = (x) => isNear(guess, x);
  if (near(after)) return "";
  if (near(contribution)) {
    return `Forgot to add: ${formatNumber(before)} had already arrived, and contributions add up.`;
  }
  if (near(local) || near(before + local)) return "Forgot the upstream gradient: multiply the local derivative by it.";
  if (near(before + upstream)) return `Forgot the local derivative: multiply ${formatNumber(upstream)} by it.`;
  if (near(-after) || near(before - contribution)) return "Wrong sign: count the negative factors.";
  if (!upstream) return "The upstream gradient is 0: it adds nothing.";
  const used = formatNumber((guess - before) / upstream);
  return `Wrong local derivative: your answer would need ${used}. ${hint}`;
}

/** The same as it is shown, or within 0.6 %: students round. */
function isNear(guess, x) {
  if (formatNumber(guess) === formatNumber(x)) return true;
  return Number.isFinite(x) && Math.abs(guess - x) <= 0.006 * Math.abs(x) + 1e-12;
}

/** What the op table says of one slot, in the names of the graph: "The rule: for z = w·x, ∂z/∂w = x." */
export function ruleOf(trace, { node, slot }) {
  const said = rule(trace, trace.nodes[node], slot);
  return said ? `The rule: ${said}.` : (trace.ops[trace.nodes[node].op]?.doc ?? "");
}
