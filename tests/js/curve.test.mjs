import assert from "node:assert/strict";
import test from "node:test";
import { lossScale } from "../../autograd/view/assets/curve.js";

test("losses stand on a logarithmic scale where all are positive, and equal ones in the middle", () => {
  const { isLog, low, high, place } = lossScale([100, 1, 10]);
  assert.deepEqual([isLog, low, high], [true, 1, 100]);
  assert.deepEqual(
    [1, 10, 100].map((y) => place(y).toFixed(12)),
    [0, 0.5, 1].map((share) => share.toFixed(12)),
  );
  const plain = lossScale([-1, 0, 3]);
  assert.deepEqual([plain.isLog, plain.place(0)], [false, 0.25]);
  assert.equal(lossScale([2, 2]).place(2), 0.5);
});
