import assert from "node:assert/strict";
import test from "node:test";
import * as numbers from "../../autograd/view/assets/numbers.js";

test("a number has four digits and a real minus sign", () => {
  const expected = new Map([
    [0, "0"],
    [-0, "0"],
    [1 / 3, "0.3333"],
    [-2.5, "−2.5"],
    [9999.4, "9999"],
    [9999.9, "1e+4"],
    [12345, "1.235e+4"],
    [-1.2345e-6, "−1.234e−6"],
    [1e-4, "0.0001"],
    [NaN, "nan"],
    [Infinity, "inf"],
    [-Infinity, "−inf"],
  ]);
  for (const [x, text] of expected) assert.equal(numbers.formatNumber(x), text);
});

test("a gradient says its sign also when it is plus", () => {
  assert.deepEqual([2, -2, 0, NaN].map(numbers.formatSigned), ["+2", "−2", "0", "nan"]);
  assert.deepEqual([2, -2, 0, NaN].map(numbers.signClass), ["plus", "minus", "plain", "plain"]);
});

test("a brief number has as many digits as are asked for", () => {
  assert.equal(numbers.formatBrief(0.98765), "0.988");
  assert.equal(numbers.formatBrief(0.98765, 2), "0.99");
});

test("an index is written as subscripts", () => {
  assert.equal(numbers.subscript(120), "₁₂₀");
});

test("what is not finite travels as text", () => {
  assert.deepEqual(["inf", "-inf", "nan", 1.5].map(numbers.numberFromJson), [Infinity, -Infinity, NaN, 1.5]);
});

test("typed numbers are read with a point or a comma, and nothing else is a number", () => {
  assert.deepEqual([" 12 ", "−1,5", "1e3", "-inf"].map(numbers.parseNumber), [12, -1.5, 1000, -Infinity]);
  const fractions = ["-1/2", "−1/2", " 3 / 4 ", "0,5/2"];
  assert.deepEqual(fractions.map(numbers.parseNumber), [-0.5, -0.5, 0.75, 0.25]);
  assert.ok(Number.isNaN(numbers.parseNumber("nan")));
  const others = ["", " ", "x", "1/0", "1/2/3", "1/", "/2", "12 z"];
  for (const text of others) assert.equal(numbers.parseNumber(text), undefined, text);
});

test("numbers that differ by rounding are close", () => {
  assert.ok(numbers.isClose(0.1 + 0.2, 0.3));
  assert.ok(numbers.isClose(NaN, NaN));
  assert.ok(!numbers.isClose(1, 1.001));
  assert.ok(!numbers.isClose(1, NaN));
});
