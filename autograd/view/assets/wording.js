// What a node is computed by, and its slopes, as phrases of names and numbers; autograd/wording.py has the templates.

import { formatNumber } from "./numbers.js";
import { join, nodeTerm, phrase, plain, slotTerm } from "./phrase.js";

/** How tightly a name holds together that is no expression. */
export const ATOM = 9;
/** … and one that ends in a superscript. */
export const RAISED = 8;
const SIGNED = 3; // a number below 0

/** "v3 = w·x = 1 · 2 = 2"; nothing for a node of whose op nothing is known. */
export function equation(trace, node) {
  const { value } = trace.ops[node.op] ?? {};
  if (!value) return [];
  return chain(called(node), inNames(trace, node, value), inNumbers(trace, node, value), dataOf(node));
}

/** "tanh′(z) = 1 − y² = 1 − 0.9051² = 0.1807"; nothing for a slope without a formula, or that is just a number. */
export function slope(trace, node, slot) {
  const { local, function: name } = trace.ops[node.op] ?? {};
  const template = local?.[slot];
  if (!template?.includes("{") || isNumber(trace, node, template)) return [];
  const ofName = name && slotTerm(`${name}′(${trace.nodes[node.parents[slot]].name})`, node, slot);
  const value = slotTerm(formatNumber(node.local[slot]), node, slot);
  return chain(
    ofName || partial(trace, node, slot),
    inNames(trace, node, template),
    inNumbers(trace, node, template),
    value,
  );
}

/** The rule for one operand, without its numbers: "for z = w·x, ∂z/∂w = x"; nothing where there is no formula. */
export function rule(trace, node, slot) {
  const { value, local } = trace.ops[node.op] ?? {};
  if (!value || !local[slot]) return [];
  const equals = phrase`${partial(trace, node, slot)} = ${inNames(trace, node, local[slot])}`;
  return phrase`for ${called(node)} = ${inNames(trace, node, value)}, ${equals}`;
}

/** Why a node has no value, when its operands have the numbers x: "log needs p > 0, got p = −1." */
export function reason(trace, node, x) {
  const { outside } = trace.ops[node.op] ?? {};
  if (!outside || node.own) return `${node.name} is computed by code of your own, which only Python can run.`;
  const name = (i) => trace.nodes[node.parents[i]].name;
  return outside.replace(/\{(=?)(\d+)\}/g, (_, number, i) => (number ? formatNumber(x[i]) : name(i)));
}

/** A node's name. */
export function called(node) {
  return nodeTerm(node.name, node);
}

/** A node's number. */
export function dataOf(node) {
  return nodeTerm(formatNumber(node.data), node);
}

/** ∂L/∂z, for a node. */
export function gradientOf({ L }, node) {
  return nodeTerm(`∂${L}/∂${node.of}`, node);
}

/** ∂z/∂w, for a node and one of its operands. */
export function partial({ nodes }, node, slot) {
  return slotTerm(`∂${node.of}/∂${nodes[node.parents[slot]].of}`, node, slot);
}

function inNames({ nodes }, node, template) {
  const named = (one) => (isNameless(one) ? written(one) : { ...called(one), binds: one.binds });
  const operands = node.parents.map((p) => named(nodes[p]));
  return fill(template, operands, { ...called(node), binds: node.binds });
}

function inNumbers({ nodes }, node, template) {
  const operands = node.parents.map((p) => written(nodes[p]));
  return fill(template.replaceAll("·", " · "), operands, written(node));
}

/** A constant without a name is written as its number. */
function isNameless({ kind, label }) {
  return kind === "constant" && !label;
}

/** What a formula calls a node: a constant without a name, by its number. */
export function nameInFormula(node) {
  return isNameless(node) ? dataOf(node) : called(node);
}

/** Is a slope nothing but an operand that is written as its number? */
function isNumber({ nodes }, node, template) {
  const [, operand] = /^\{(\d+)\}$/.exec(template) ?? [];
  return operand !== undefined && isNameless(nodes[node.parents[operand]]);
}

function written(node) {
  return { ...dataOf(node), binds: node.data < 0 ? SIGNED : ATOM };
}

/** Puts operands into a template, "{0:3}·{1:5}", in brackets where they hold together less than it asks for. */
export function fill(template, operands, y) {
  const pieces = template.split(/(\{\w+:?\d*\})/).map((piece) => {
    const [, key, demanded] = /^\{(\w+):?(\d*)\}$/.exec(piece) ?? [];
    if (key === undefined) return piece;
    const operand = key === "y" ? y : operands[key];
    return operand.binds < Number(demanded) ? phrase`(${operand})` : operand;
  });
  return phrase`${pieces.flat()}`;
}

function chain(...sides) {
  return join(
    sides.filter((side, i) => i === 0 || plain(side) !== plain(sides[i - 1])),
    " = ",
  );
}
