// Numbers as text, and text as numbers.

/** Four digits, a real minus sign; nan and inf in words. */
export function formatNumber(x) {
  if (Number.isNaN(x)) return "nan";
  if (!Number.isFinite(x)) return x > 0 ? "inf" : "−inf";
  const rounded = Number(x.toPrecision(4));
  const size = Math.abs(rounded);
  const scientific = size >= 1e4 || (size !== 0 && size < 1e-4);
  return (scientific ? rounded.toExponential() : String(rounded)).replaceAll("-", "−");
}

/** A gradient: the sign is written also when it is plus. */
export function formatSigned(x) {
  return (x > 0 ? "+" : "") + formatNumber(x);
}

/** Fewer digits than four: three fit in a small box. */
export function formatBrief(x, digits = 3) {
  return formatNumber(Number(x.toPrecision(digits)));
}

/** A number as text in a product or a sum: below 0 it is in brackets. */
export function bracketed(text) {
  return text.startsWith("−") ? `(${text})` : text;
}

/** "2 · (−3)", of two numbers. */
export function productText(a, b) {
  return `${formatNumber(a)} · ${bracketed(formatNumber(b))}`;
}

/** The class that colours a number by its sign. */
export function signClass(x) {
  if (x > 0) return "plus";
  return x < 0 ? "minus" : "plain";
}

/** h₁₂: the digits of an index as subscripts. */
export function subscript(n) {
  return String(n).replace(/\d/g, (digit) => "₀₁₂₃₄₅₆₇₈₉"[digit]);
}

/** A number as JSON has it: what is not finite travels as text. */
export function numberFromJson(x) {
  if (typeof x === "number") return x;
  return { inf: Infinity, "-inf": -Infinity }[x] ?? NaN;
}

/** A number as `parseNumber` reads it back, to the last digit. */
export function numberToText(x) {
  if (Object.is(x, -0)) return "-0";
  return Number.isFinite(x) ? String(x) : formatNumber(x).replace("−", "-");
}

/** The number that somebody typed, with a decimal point or a comma, or as a fraction; undefined for anything else. */
export function parseNumber(text) {
  const typed = text.trim().replaceAll("−", "-").replaceAll(",", ".");
  if (["nan", "inf", "-inf"].includes(typed)) return numberFromJson(typed);
  const [above, below = 1, ...more] = typed.split("/").map((part) => Number(part.trim() || NaN));
  const isNumber = !more.length && below && !Number.isNaN(above / below);
  return isNumber ? above / below : undefined;
}

/** Equal but for rounding. */
export function isClose(a, b) {
  return Object.is(a, b) || Math.abs(a - b) <= 1e-9 * Math.max(Math.abs(a), Math.abs(b));
}
