// The colours of the palette, for a canvas, and when they change.

import { DARK, isDark } from "../../autograd/view/assets/theme.js";

const known = new Map(); // colours that were asked for: to ask makes the browser style the whole page

/** A colour of the palette as [r, g, b], because a canvas can't read CSS variables. */
export function colour(name) {
  const key = `${name} ${isDark(document.documentElement)}`;
  if (!known.has(key)) known.set(key, readColour(name));
  return known.get(key);
}

function readColour(name) {
  const probe = document.createElement("i");
  probe.style.color = `var(--${name})`;
  document.body.append(probe);
  const rgb = getComputedStyle(probe).color.match(/\d+/g).map(Number);
  probe.remove();
  return rgb;
}

/** Calls `draw` again when the page turns dark or light. */
export function onTheme(draw) {
  matchMedia(DARK).addEventListener("change", draw);
  const options = { attributes: true, attributeFilter: ["data-theme"] };
  new MutationObserver(draw).observe(document.documentElement, options);
}
