import assert from "node:assert/strict";
import test from "node:test";
import { readLink, wordsOf, writeLink } from "../../autograd/view/assets/link.js";
import { diamond } from "./fixtures.mjs";

const NOWHERE = {
  time: 0,
  predicts: false,
  mistake: "",
  level: -1,
  part: -1,
  node: -1,
  stops: new Set(),
  numbers: new Map(),
};

/** The diamond, with two levels. */
function leveled() {
  const parts = [
    { title: "layer 1", in: -1 },
    { title: "neuron 2", in: 0 },
  ];
  return { ...diamond(), levels: [{ name: "nodes" }, { name: "layers" }], parts };
}

/** The same, with other names for its leaves. */
function named(...names) {
  const trace = leveled();
  for (const [i, name] of names.entries()) Object.assign(trace.nodes[i], { name, label: "", path: "", full: "" });
  return trace;
}

test("a link says where, what is asked, which mistake, and the numbers, and is read as it was written", () => {
  const trace = leveled();
  const where = { time: 12, predicts: true, mistake: "assign", level: 0, part: 1, node: 2 };
  const moment = { ...where, stops: new Set([2, 3]), numbers: new Map([[0, 0.5]]) };
  const opened = "open=layer%201%2Fneuron%202";
  assert.equal(
    writeLink(trace, moment),
    `#t=12&predict&mistake=assign&level=nodes&${opened}&node=z&stop=z&stop=L&w=0.5`,
  );
  assert.deepEqual(readLink(trace, writeLink(trace, moment)), { ...moment, problems: [] });
  assert.equal(writeLink(trace, NOWHERE), "#t=0");
  assert.deepEqual(readLink(trace, ""), { ...NOWHERE, problems: [] });
  assert.equal(readLink(trace, "#t=end").time, Infinity);
});

test("every name and every number comes back as it was", () => {
  const names = [
    "w²",
    "a=b&c",
    "layers[0].w[1]",
    "50 %",
    "#",
    "x y",
    "(x + 1)",
    "א",
    "\u2068שלום\u2069",
    "t",
    "predict",
    "a~2",
  ];
  const numbers = [0.1, -1e-7, 1e21, 1 / 3, Infinity, -Infinity, NaN, -0];
  for (const name of names) {
    const trace = named(name, `${name}~2`);
    for (const x of numbers) {
      const moment = { ...NOWHERE, node: 1, numbers: new Map([[0, x], [1, -x]]) }; // biome-ignore format: pairs
      const link = writeLink(trace, moment);
      assert.match(link, /^#[\w%&=.~+-]+$/); // nothing that ends an address in a text
      assert.deepEqual(readLink(trace, link), { ...moment, problems: [] }, link);
    }
  }
});

test("leaves of one name are told apart, and no leaf is taken for a word of links", () => {
  const words = (...names) => wordsOf(names.map((name) => ({ name })));
  assert.deepEqual(words("a", "a", "a~2", "a"), ["a", "a~2", "a~2~2", "a~3"]);
  assert.deepEqual(words("t", "node", "constructor"), ["t~2", "node~2", "constructor"]);
  const many = words(...Array(20_000).fill("x"));
  assert.equal(new Set(many).size, many.length);
});

test("a leaf is found by its label and its path too, and a number is read as it is typed anywhere", () => {
  const trace = leveled();
  Object.assign(trace.nodes[0], { name: "w₃₂⁽¹⁾", label: "layers[0].w", full: "mlp.layers[0].w" });
  for (const name of ["w₃₂⁽¹⁾", "layers[0].w", "mlp.layers[0].w"]) {
    assert.deepEqual([...readLink(trace, `#${name}=1/2`).numbers], [[0, 0.5]]);
  }
});

test("what can't be done is said in words, and the rest is read", () => {
  const said = {
    "t=x": "t is the number of a step, 0, 1, 2, …, or end.",
    "t=-1": "t is the number of a step, 0, 1, 2, …, or end.",
    "predict=1": "predict stands alone.",
    "mistake=": "a mistake is one of assign, keep, order.",
    "mistake=constructor": "a mistake is one of assign, keep, order.",
    "level=rooms": "a level is one of nodes, layers.",
    "node=q": "no node is called “q”.",
    "q=3": "no leaf is called “q”, but w, v1.",
    "z=3": "z is computed from other numbers, only a leaf can be given one.",
    "w=much": "w needs a number.",
    w: "w needs a number.",
    "=3": "no leaf is called “”, but w, v1.",
    "%E0=1": "after a % come two digits, as in %20.",
    "v1=4": "v1 is there twice, and the first counts.",
  };
  for (const [part, problem] of Object.entries(said)) {
    const link = readLink(leveled(), `#v1=2&${part}&mistake=keep`);
    assert.deepEqual(link.problems[0], `“${part}”: ${problem}`);
    assert.equal(link.numbers.get(1), 2);
    if (!part.startsWith("mistake")) assert.equal(link.mistake, "keep");
  }
});
