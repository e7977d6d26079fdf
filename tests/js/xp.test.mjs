import assert from "node:assert/strict";
import test from "node:test";
import { erfc } from "../../autograd/view/assets/erfc.js";
import { ieee as xp } from "../../autograd/view/assets/xp.js";

test("erfc is right to 1e-12 on both sides of its two formulas", () => {
  // of mpmath, with 30 digits
  const known = [
    [-3, 1.9999779095030015],
    [0, 1],
    [0.5, 0.4795001221869535],
    [1.999, 0.00469844334862949],
    [2.5, 0.000406952017444959],
    [10, 2.088487583762545e-45],
  ];
  for (const [x, y] of known) assert.ok(Math.abs(erfc(x) / y - 1) < 1e-12, `erfc(${x}) = ${erfc(x)}`);
});

test("heaviside takes its value at 0 and lets nan through", () => {
  assert.deepEqual(
    [-1, 0, 1].map((x) => xp.heaviside(x, 0.5)),
    [0, 0.5, 1],
  );
  assert.ok(Number.isNaN(xp.heaviside(NaN, 0.5)));
});
