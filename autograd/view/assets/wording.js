// What a node is computed by, and its slopes, in names and in numbers; autograd/wording.py has the templates.

import { formatNumber } from "./numbers.js";

/** How tightly a name holds together that is no expression. */
export const ATOM = 9;
/** … and one that ends in a superscript. */
export const RAISED = 8;
const SIGNED = 3; // a number below 0

/** "v3 = w·x = 1 · 2 = 2"; "" for a node of whose op nothing is known. */
export function equation(trace, node) {
  const { value } = trace.ops[node.op] ?? {};
  if (!value) return "";
  return chain(node.name, inNames(trace, node, value), inNumbers(trace, node, value), formatNumber(node.data));
}

/** "tanh′(z) = 1 − y² = 1 − 0.9051² = 0.1807"; "" for a slope without a formula, or that is just a number. */
export function slope(trace, node, slot) {
  const { local, function: name } = trace.ops[node.op] ?? {};
  const template = local?.[slot];
  if (!template?.includes("{") || isNumber(trace, node, template)) return "";
  const called = name ? `${name}′(${trace.nodes[node.parents[slot]].name})` : partial(trace, node, slot);
  const value = formatNumber(node.local[slot]);
  return chain(called, inNames(trace, node, template), inNumbers(trace, node, template), value);
}

/** The rule for one operand, without its numbers: "for z = w·x, ∂z/∂w = x"; "" where there is no formula. */
export function rule(trace, node, slot) {
  const { value, local } = trace.ops[node.op] ?? {};
  if (!value || !local[slot]) return "";
  const equals = `${partial(trace, node, slot)} = ${inNames(trace, node, local[slot])}`;
  return `for ${node.name} = ${inNames(trace, node, value)}, ${equals}`;
}

/** Why a node has no value, when its operands have the numbers x: "log needs p > 0, got p = −1." */
export function reason(trace, node, x) {
  const { outside } = trace.ops[node.op] ?? {};
  if (!outside || node.own) return `${node.name} is computed by code of your own, which only Python can run.`;
  const name = (i) => trace.nodes[node.parents[i]].name;
  return outside.replace(/\{(=?)(\d+)\}/g, (_, number, i) => (number ? formatNumber(x[i]) : name(i)));
}

/** ∂z/∂w, for a node and one of its operands. */
export function partial({ nodes }, node, slot) {
  return `∂${node.of}/∂${nodes[node.parents[slot]].of}`;
}

function inNames({ nodes }, node, template) {
  const operand = (p) =>
    isNameless(nodes[p]) ? written(nodes[p].data) : { text: nodes[p].name, binds: nodes[p].binds };
  return fill(template, node.parents.map(operand), { text: node.name, binds: node.binds });
}

function inNumbers({ nodes }, node, template) {
  const operands = node.parents.map((p) => written(nodes[p].data));
  return fill(template.replaceAll("·", " · "), operands, written(node.data));
}

/** A constant without a name is written as its number. */
function isNameless({ kind, label }) {
  return kind === "constant" && !label;
}

/** What a formula calls a node: a constant without a name, by its number. */
export function nameInFormula(node) {
  return isNameless(node) ? formatNumber(node.data) : node.name;
}

/** Is a slope nothing but an operand that is written as its number? */
function isNumber({ nodes }, node, template) {
  const [, operand] = /^\{(\d+)\}$/.exec(template) ?? [];
  return operand !== undefined && isNameless(nodes[node.parents[operand]]);
}

function written(x) {
  return { text: formatNumber(x), binds: x < 0 ? SIGNED : ATOM };
}

/** Puts operands into a template, "{0:3}·{1:5}", in brackets where they hold together less than it asks for. */
export function fill(template, operands, y) {
  return template.replace(/\{(\w+):?(\d*)\}/g, (_, key, demanded) => {
    const { text, binds } = key === "y" ? y : operands[key];
    return binds < Number(demanded) ? `(${text})` : text;
  });
}

function chain(...sides) {
  return sides.filter((side, i) => side !== sides[i - 1]).join(" = ");
}
