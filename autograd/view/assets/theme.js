// Light or dark.

export const DARK = "(prefers-color-scheme: dark)";

/** Is an element with a `data-theme` of its own, or else the whole page, dark? */
export function isDark(element) {
  const { theme } = element.dataset;
  return theme ? theme === "dark" : matchMedia(DARK).matches;
}

export function toggleTheme(element) {
  element.dataset.theme = isDark(element) ? "light" : "dark";
}
