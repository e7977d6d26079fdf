// Lists of numbers.

/** 0, 1, … n − 1. */
export function range(n) {
  return Array.from({ length: n }, (_, i) => i);
}

export function mean(numbers) {
  return numbers.reduce((a, b) => a + b, 0) / numbers.length;
}

/** n numbers at equal distances from low to high, both included. */
export function linspace(low, high, n) {
  return range(n).map((i) => low + ((high - low) * i) / (n - 1));
}

/** x, or the end of the interval it lies beyond. */
export function clamp(x, low, high) {
  return Math.max(low, Math.min(high, x));
}
