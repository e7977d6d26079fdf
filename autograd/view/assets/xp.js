// Number systems in which a rule of the op table can be read, with NumPy's functions under NumPy's names.

/** What `floats` throw outside a function's domain, as Python's `math` does … */
export class OutsideDomain extends Error {}
/** … and where a finite result is too large to be one. */
export class Overflow extends Error {}

/** IEEE arithmetic: 1/0 is inf and nothing throws. Both branches of `where` are computed, as in NumPy. */
export const ieee = {
  divide: (a, b) => a / b,
  power: (a, b) => (a === 1 || (a === -1 && Math.abs(b) === Infinity) ? 1 : a ** b), // C's pow, not JavaScript's
  absolute: Math.abs,
  exp: Math.exp,
  expm1: Math.expm1,
  log: Math.log,
  log1p: Math.log1p,
  sqrt: Math.sqrt,
  sin: Math.sin,
  cos: Math.cos,
  tanh: Math.tanh,
  maximum: (a, b) => (a >= b || Number.isNaN(a) ? a : b),
  minimum: (a, b) => (a <= b || Number.isNaN(a) ? a : b),
  sign: Math.sign,
  heaviside,
  equal: (a, b) => a === b,
  where: (condition, a, b) => (condition ? a : b),
  constant: (x) => x,
};

/** The same, but throwing. */
export const floats = {
  ...ieee,
  divide: (a, b) => inside(b !== 0) && a / b,
  power: (a, b) => {
    const root = a < 0 && Number.isFinite(a) && Number.isFinite(b) && !Number.isInteger(b); // of a negative number
    return inside(!root && !(a === 0 && b < 0)) && fitting(ieee.power(a, b), a, b);
  },
  exp: (x) => fitting(Math.exp(x), x),
  expm1: (x) => fitting(Math.expm1(x), x),
  log: (x) => inside(!(x <= 0)) && Math.log(x),
  log1p: (x) => inside(!(x <= -1)) && Math.log1p(x),
  sqrt: (x) => inside(!(x < 0)) && Math.sqrt(x),
  sin: (x) => inside(Math.abs(x) !== Infinity) && Math.sin(x),
  cos: (x) => inside(Math.abs(x) !== Infinity) && Math.cos(x),
};

function inside(domain) {
  if (!domain) throw new OutsideDomain();
  return true;
}

function fitting(y, ...x) {
  if (Math.abs(y) === Infinity && x.every(Number.isFinite)) throw new Overflow();
  return y;
}

function heaviside(x, atZero) {
  if (x > 0) return 1;
  if (x < 0) return 0;
  return x === 0 ? atZero : x; // nan stays nan
}
