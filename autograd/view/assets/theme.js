// Light or dark, and the colours of the palette.

const DARK = "(prefers-color-scheme: dark)";

/** Is an element with a `data-theme` of its own, or else the whole page, dark? */
export function isDark(element) {
  const { theme } = element.dataset;
  return theme ? theme === "dark" : matchMedia(DARK).matches;
}

export function toggleTheme(element) {
  element.dataset.theme = isDark(element) ? "light" : "dark";
}

/** Calls `draw` again when the page turns dark or light. */
export function onTheme(draw) {
  matchMedia(DARK).addEventListener("change", draw);
  const options = { attributes: true, attributeFilter: ["data-theme"] };
  new MutationObserver(draw).observe(document.documentElement, options);
}

/** A colour of the palette as [r, g, b], because a canvas can't read CSS variables. */
export function colour(name) {
  const probe = document.createElement("i");
  probe.style.color = `var(--${name})`;
  document.body.append(probe);
  const rgb = getComputedStyle(probe).color.match(/\d+/g).map(Number);
  probe.remove();
  return rgb;
}
