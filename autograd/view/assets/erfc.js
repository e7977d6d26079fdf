// The error functions, for the pages whose rules need it: JavaScript has none.

/** 1 − erf x: a series with positive terms near 0, a continued fraction further out. */
export function erfc(x) {
  if (x < 0) return 2 - erfc(-x);
  const bell = Math.exp(-x * x) / Math.sqrt(Math.PI);
  return x < 2 ? 1 - 2 * bell * erfSeries(x) : bell / erfcFraction(x);
}

/** The error function, with all its digits near 0. */
export function erf(x) {
  return Math.abs(x) < 1 ? ((2 * Math.exp(-x * x)) / Math.sqrt(Math.PI)) * erfSeries(x) : 1 - erfc(x);
}

/** erf x = 2/√π e^(−x²) Σ 2ⁿ x²ⁿ⁺¹ / (1·3·…·(2n+1)): the sum. */
function erfSeries(x) {
  let term = x;
  let sum = x;
  for (let n = 1; Math.abs(term) > 1e-18 * Math.abs(sum); n += 1) {
    term *= (2 * x * x) / (2 * n + 1);
    sum += term;
  }
  return sum;
}

/** erfc x = e^(−x²)/√π · 1/(x + ½/(x + 1/(x + 3⁄2/(x + …)))): the denominator. */
function erfcFraction(x) {
  let tail = x;
  for (let n = 120; n > 0; n -= 1) tail = x + n / 2 / tail;
  return tail;
}
