// Rounding and remainders as Python has them, for the pages whose rules need them.

/** The nearest whole number, of two the even one. */
export function rint(x) {
  const low = Math.floor(x);
  if (x - low !== 0.5) return Math.round(x);
  return low % 2 === 0 ? low : low + 1;
}

/** What is left of a, with its sign. */
export function fmod(a, b) {
  return a % b;
}

/** What is left of a, with the sign of b: Python's a % b. */
export function remainder(a, b) {
  const left = a % b;
  if (left === 0) return b < 0 ? -0 : 0;
  return left < 0 === b < 0 ? left : left + b;
}
