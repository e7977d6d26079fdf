// Names as the page shows them.

/** At most so many characters: the beginning, an ellipsis, the end. */
export function shorten(text, most = 26) {
  return text.length <= most ? text : `${text.slice(0, most / 2)}…${text.slice(1 - most / 2)}`;
}

/** A name written from right to left, isolated so that it does not turn the formula around it. */
export function isolate(name) {
  return /[\u0590-\u08ff\ufb1d-\ufefc]/.test(name) ? `\u2068${name}\u2069` : name;
}

const [BELOW, ABOVE] = ["₀₁₂₃₄₅₆₇₈₉‚", "⁰¹²³⁴⁵⁶⁷⁸⁹ ⁻⁽⁾"];
const PLAIN = "0123456789,−()";

/** A text in runs on the line (0), below it (−1) and above it (1): [["w", 0], ["12", −1], ["(3)", 1]] of w₁₂⁽³⁾. */
export function scripts(text) {
  const flat = (run) => run.replace(/[₀-₉‚⁰¹²³⁴-⁹⁻⁽⁾]/g, (c) => PLAIN[Math.max(BELOW.indexOf(c), ABOVE.indexOf(c))]);
  const runs = text.split(/([₀-₉]+(?:‚[₀-₉]+)*|[⁰¹²³⁴-⁹⁻⁽⁾]+)/).map((run, i) => {
    return i % 2 ? [flat(run), BELOW.includes(run[0]) ? -1 : 1] : [run, 0];
  });
  return runs.filter(([run]) => run);
}

/** w₁₂⁽³⁾, of "w_12^3"; w₁₂, of "w_12^". */
export function lettered(text) {
  const [, letter, below, above] = /^(.*)_(.*)\^(.*)$/.exec(text);
  const written = (digits, as) => [...digits].map((digit) => as[PLAIN.indexOf(digit)]).join("");
  return `${letter}${written(below, BELOW)}${above && `⁽${written(above, ABOVE)}⁾`}`;
}
