// Names as the page shows them.

/** At most so many characters: the beginning, an ellipsis, the end. */
export function shorten(text, most = 26) {
  return text.length <= most ? text : `${text.slice(0, most / 2)}…${text.slice(1 - most / 2)}`;
}

/** A name written from right to left, isolated so that it does not turn the formula around it. */
export function isolate(name) {
  return /[\u0590-\u08ff\ufb1d-\ufefc]/.test(name) ? `\u2068${name}\u2069` : name;
}

/** w₁₂⁽³⁾, of "w_12^3"; w₁₂, of "w_12^". */
export function lettered(text) {
  const [, letter, below, above] = /^(.*)_(.*)\^(.*)$/.exec(text);
  const written = (digits, as) => [...digits].map((digit) => as["0123456789,".indexOf(digit)]).join("");
  return `${letter}${written(below, "₀₁₂₃₄₅₆₇₈₉‚")}${above && `⁽${written(above, "⁰¹²³⁴⁵⁶⁷⁸⁹")}⁾`}`;
}
