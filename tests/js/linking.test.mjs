import assert from "node:assert/strict";
import test from "node:test";
import { meaningOf } from "../../autograd/view/assets/linking.js";
import { join, nodeTerm, phrase, plain, slotTerm } from "../../autograd/view/assets/phrase.js";
import { question } from "../../autograd/view/assets/prediction.js";
import { sentence } from "../../autograd/view/assets/sentences.js";
import { diamond } from "./fixtures.mjs";

/** The terms of a phrase, with what they speak of: names of nodes, "z ← w" for a slot. */
function terms({ nodes }, said) {
  const named = ({ nodes: of = [], slots = [] }) => [
    ...of.map((node) => nodes[node].name),
    ...slots.map((key) => {
      const [node, slot] = key.split(" ").map(Number);
      return `${nodes[node].name} ← ${nodes[nodes[node].parents[slot]].name}`;
    }),
  ];
  return said.filter(({ text }) => text).map((term) => [term.text, ...named(term)]);
}

test("a phrase keeps its terms, whatever it is put together of", () => {
  const w = nodeTerm("w", { index: 0 });
  const slope = slotTerm("∂z/∂w", { index: 2 }, 0);
  const whole = phrase`${slope} = ${phrase`(${w})`}, ${3}${""}`;
  assert.equal(plain(whole), "∂z/∂w = (w), 3");
  assert.deepEqual(
    whole.filter(({ text }) => text),
    [{ text: "∂z/∂w", slots: ["2 0"] }, w],
  );
  assert.equal(plain(join([[w], phrase`${w}²`, ["x"]], " + ")), "w + w² + x");
  assert.equal(plain([]), "");
  assert.deepEqual(phrase`a ${1} ${"b"}${w}${""} c${phrase`, d`}`, ["a 1 b", w, " c, d"]);
});

test("every term of a contribution's sentence says whose it is", () => {
  const trace = diamond();
  assert.deepEqual(terms(trace, sentence(trace, trace.correct, 8)), [
    ["∂L/∂w", "w"],
    ["∂L/∂L", "L"],
    ["∂L/∂w", "L ← w"], // the same words, another meaning
    ["1", "L"],
    ["6", "L ← w"],
    ["6", "L ← w"],
    ["0 → 6", "w"],
    ["∂L/∂w", "L ← w"],
    ["z", "z"],
    ["6", "z"],
    ["w", "w"],
  ]);
  assert.deepEqual(terms(trace, sentence(trace, trace.correct, 2)), [
    ["z", "z"],
    ["w", "w"],
    ["3", "v1"],
    ["2", "w"],
    ["3", "v1"],
    ["6", "z"],
  ]);
});

test("a question speaks of what is given, and not of the slope that is asked for", () => {
  const trace = diamond();
  const asked = terms(trace, question(trace, trace.correct.event(10)));
  assert.deepEqual(new Set(asked.map(([, of]) => of)), new Set(["z", "w"]));
});

test("a slope means its arrow, is at both of its ends, and in the line that made the result", () => {
  const { nodes } = diamond();
  for (const [index, line] of [-1, -1, 4, 7].entries()) nodes[index].line = line;
  const sets = (dataset) => Object.fromEntries(Object.entries(meaningOf(dataset, nodes)).map(([k, v]) => [k, [...v]]));
  assert.deepEqual(sets({ slots: "3 0" }), { nodes: [], slots: ["3 0"], places: ["3", "2"], lines: ["7"] });
  assert.deepEqual(sets({ nodes: "2" }), { nodes: ["2"], slots: [], places: ["2"], lines: ["4"] });
  assert.deepEqual(sets({ line: "4" }), { nodes: ["2"], slots: [], places: ["2"], lines: ["4"] });
});
