// The bar of time: bands for forward, backward and update, ticks where a gradient is added to another, and notes.

import { h } from "./dom.js";

const MOST_TICKS = 400;
/** What happens in each part of a pass. */
export const PHASES = {
  forward: "numbers are computed, from the data to the result",
  backward: "gradients are passed back from the result, by the chain rule",
  update: "parameters move against their gradients",
};
export const TICKS = "a gradient is added to one that had arrived before";

/** `notes`: [time, text] …; a click on one goes there. */
export function paintBands(element, { events, end, forwardEnd }, notes, go) {
  const percent = (n) => `${(100 * n) / end}%`;
  const update = events.filter(({ kind }) => kind === "update").length;
  const lengths = { forward: forwardEnd, backward: end - forwardEnd - update, update };
  const bands = Object.entries(lengths).filter(([, n]) => n);
  const ticks = events.flatMap(({ kind, k }, i) => (kind === "accumulate" && k > 1 ? [i + 1] : []));
  element.replaceChildren(
    ...bands.map(([name, n]) => placed(h("span", { class: name, title: PHASES[name] }, name), { width: percent(n) })),
    ...(ticks.length > MOST_TICKS ? [] : ticks).map((time) => placed(h("i", {}), { left: percent(time) })),
    ...notes.map(([time, title]) => placed(h("b", { title, onclick: () => go(time) }), { left: percent(time) })),
  );
}

function placed(element, style) {
  Object.assign(element.style, style);
  return element;
}
