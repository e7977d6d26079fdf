import assert from "node:assert/strict";
import test from "node:test";
import { periodOf, sharesOf, THIN, widthOf } from "../../autograd/view/assets/flow.js";
import { mistakenPass } from "../../autograd/view/assets/mistakes.js";
import { diamond } from "./fixtures.mjs";

/** Of each node, its slots' arrows; several slots may share one. */
function arrows({ nodes }, name = (slot) => slot) {
  return nodes.map(({ index, parents }) => parents.map((_, slot) => name(`${index} ${slot}`)));
}

test("an arrow has its share of the strongest flow of the pass that is shown", () => {
  const trace = diamond(); // contributions: 2 and 6 of L, 6 and 4 of z
  const digits = (shares) => Object.fromEntries([...shares].map(([arrow, share]) => [arrow, share.toFixed(12)]));
  const shares = (pass, bySlot = arrows(trace)) => digits(sharesOf(pass, bySlot));
  const are = (found, expected) => assert.deepEqual(found, digits(Object.entries(expected)));
  are(shares(trace.correct), { "3 0": 2 / 6, "3 1": 1, "2 0": 1, "2 1": 4 / 6 });
  are(shares(mistakenPass(trace, "keep")), { "3 0": 2 / 6, "3 1": 1, "2 0": 1, "2 1": 4 / 6 });
  const folded = arrows(trace, (slot) => (slot.startsWith("2") ? "both" : slot));
  are(shares(trace.correct, folded), {
    "3 0": 2 / Math.hypot(6, 4),
    "3 1": 6 / Math.hypot(6, 4),
    both: 1,
  });
  const parted = arrows(trace, (slot) => (slot === "3 1" ? undefined : slot));
  assert.equal("3 1" in shares(trace.correct, parted), false); // both of its ends are in one box
});

test("what is not finite sets no scale, and nan flows nowhere", () => {
  const events = [3, Infinity, NaN, 0].map((contribution, slot) => ({
    kind: "accumulate",
    node: 1,
    slot,
    contribution,
  }));
  const bySlot = [[], events.map(({ slot }) => `arrow ${slot}`)];
  assert.deepEqual([...sharesOf({ events }, bySlot).values()], [1, 1, 0, 0]);
  assert.deepEqual([...sharesOf({ events: events.slice(1) }, bySlot).values()], [0, 0, 0]);
});

test("half the gradient flows half as fast, a quarter has half the ink, and nothing does not flow", () => {
  assert.ok(Math.abs(periodOf(0.5) - 2 * periodOf(1)) < 1e-12);
  assert.ok(Math.abs(widthOf(0.25) - THIN - (widthOf(1) - THIN) / 2) < 1e-12);
  assert.deepEqual([periodOf(0), widthOf(0)], [0, THIN]);
  assert.ok(periodOf(1e-9) < 60); // it still moves
});
