import assert from "node:assert/strict";
import test from "node:test";
import { neighbour } from "../../autograd/view/assets/graph_keys.js";

test("arrow keys lead along the edges, from box to arrow to box, and up and down among arrows at one box", () => {
  const [w, x, z, L] = ["w", "x", "z", "L"].map((name) => ({ name, box: {} }));
  const ends = [
    [0, 2],
    [1, 2],
    [0, 3],
    [2, 3],
  ].map((pair) => ({ ends: pair })); // w → z, x → z, w → L, z → L
  const graph = { boxes: [w, x, z, L], arrows: ends };
  const walk = (from, ...keys) => {
    const side = keys.findLast((key) => key === "Right" || key === "Left") === "Left" ? 1 : 0;
    return keys.reduce((at, key) => neighbour(graph, at, `Arrow${key}`, side), from);
  };
  assert.equal(walk(w, "Right"), ends[0]);
  assert.equal(walk(w, "Right", "Right"), z);
  assert.equal(walk(w, "Right", "Left"), w);
  assert.equal(walk(walk(z, "Left", "Down"), "Left"), x); // the other one that arrives at z
  assert.equal(walk(walk(w, "Right", "Down"), "Right"), L);
  assert.equal(walk(w, "Down"), x);
  for (const [from, key] of [
    [w, "Up"],
    [w, "Left"],
    [L, "Right"],
    [L, "Down"],
  ])
    assert.equal(walk(from, key), undefined);
  assert.equal(neighbour(graph, w, "a"), undefined);
});
