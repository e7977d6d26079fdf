// The student predicts a gradient: what is asked, and what a wrong answer forgot.

import { formatNumber } from "./numbers.js";

/** What is asked when a contribution arrives. */
export function question({ nodes, L }, event) {
  const z = nodes[event.node].name;
  const w = nodes[event.parent].name;
  const given = `∂${L}/∂${z} = ${formatNumber(event.upstream)}, and ∂${L}/∂${w} was ${formatNumber(event.before)}`;
  return `${z} passes its gradient on to ${w}: ${given}. What is ∂${L}/∂${w} now?`;
}

/** Why a predicted gradient is not the right one; "" when it is. `rule`: what ruleOf says of the slot. */
export function diagnose(guess, event, rule) {
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
  return `Wrong local derivative: your answer would need ${used}. ${rule}`;
}

/** The same as it is shown, or within 0.6 %: students round. */
function isNear(guess, x) {
  if (formatNumber(guess) === formatNumber(x)) return true;
  return Number.isFinite(x) && Math.abs(guess - x) <= 0.006 * Math.abs(x) + 1e-12;
}

/** What the op table says of one slot: "The rule: for y = a * b, ∂y/∂a = b." */
export function ruleOf(row, slot) {
  if (!row?.local[slot]) return row?.doc ?? "";
  return `The rule: for y = ${row.value}, ∂y/∂${row.operands[slot]} = ${row.local[slot]}.`;
}
