// The student predicts a gradient: what is asked, and what a wrong answer forgot.

import { formatNumber } from "./numbers.js";
import { nodeTerm, phrase, plain } from "./phrase.js";
import { called, gradientOf, rule } from "./wording.js";

/** What is asked when a contribution arrives. */
export function question(trace, event) {
  const [z, w] = [trace.nodes[event.node], trace.nodes[event.parent]];
  const was = phrase`${gradientOf(trace, w)} was ${nodeTerm(formatNumber(event.before), w)}`;
  const given = phrase`${gradientOf(trace, z)} = ${nodeTerm(formatNumber(event.upstream), z)}, and ${was}`;
  const asked = phrase`What is ${gradientOf(trace, w)} now?`;
  return phrase`${called(z)} passes its gradient on to ${called(w)}: ${given}. ${asked}`;
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
  const said = plain(rule(trace, trace.nodes[node], slot));
  return said ? `The rule: ${said}.` : (trace.ops[trace.nodes[node].op]?.doc ?? "");
}
