// Number systems in which a rule of the op table can be read, with NumPy's functions under NumPy's names.
// What JavaScript computes itself is called by `call`, and by `grow` where a finite result may be too large to be one.

/** What `floats` throw outside a function's domain, as Python's `math` does … */
export class OutsideDomain extends Error {}
/** … and where a finite result is too large to be one. */
export class Overflow extends Error {}

/** IEEE arithmetic: 1/0 is inf and nothing throws. Both branches of `where` are computed, as in NumPy. */
export const ieee = {
  divide: (a, b) => a / b,
  power: (a, b) => (a === 1 || (a === -1 && Math.abs(b) === Infinity) ? 1 : a ** b), // C's pow, not JavaScript's
  absolute: Math.abs,
  call: (f, x, y) => f(x, y),
  grow: (f, x, y) => f(x, y),
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
  call: (f, x, y) => defined(f(x, y), x, y),
  grow: (f, x, y) => fitting(f(x, y), x, y ?? 0),
};

/** What Python's `math` would return: a number, or what is not finite, where an operand is not either. */
function defined(z, x, y) {
  const flowsOn = Number.isNaN(z) ? Number.isNaN(x) || Number.isNaN(y) : Number.isFinite(z) || !Number.isFinite(x);
  return inside(flowsOn) && z;
}

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
