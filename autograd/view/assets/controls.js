// What every page has: light or dark, the size of its text, full screen, and the keys that it knows.

import { button, h } from "./dom.js";
import { toggleTheme } from "./theme.js";

const SIZES = [1, 1.25, 1.5]; // of the text, by turns

/** The buttons of a page of its own; `help` is what `buildHelp` made. */
export function buildTools(help) {
  const root = document.documentElement;
  let size = 0;
  const enlarge = () => {
    size = (size + 1) % SIZES.length;
    root.style.setProperty("--text-size", SIZES[size]);
  };
  const fill = () => (document.fullscreenElement ? document.exitFullscreen() : root.requestFullscreen());
  return h(
    "div",
    { class: "tools", role: "toolbar", "aria-label": "view" },
    button("◐", "light or dark", () => toggleTheme(root)),
    button("Aa", "larger text", enlarge),
    document.fullscreenEnabled && button("⤢", "full screen", fill),
    button("?", "help", () => toggle(help)),
  );
}

/** What stands in the page and how to read it, and its keys: pairs of a key and what it does. */
export function buildHelp(legend, keys) {
  const close = button("✕", "close", () => toggle(help), { class: "close" });
  const entries = keys.flatMap(([key, does]) => [h("dt", {}, key), h("dd", {}, does)]);
  const attributes = { class: "help", role: "dialog", "aria-label": "help", hidden: true };
  const help = h("section", attributes, close, ...legend, h("h2", {}, "Keys"), h("dl", {}, ...entries));
  return help;
}

function toggle(help) {
  help.hidden = !help.hidden;
}

/** Key → what it does, unless another control has the focus; "?" and Escape are for the help. */
export function listenToKeys(actions, help) {
  const all = {
    ...actions,
    "?": () => toggle(help),
    Escape: () => {
      help.hidden = true;
    },
  };
  document.addEventListener("keydown", (event) => {
    const { key, target } = event;
    const { tagName } = target;
    const isTaken = tagName === "INPUT" || tagName === "SELECT" || (tagName === "BUTTON" && key === " ");
    if (isTaken || !Object.hasOwn(all, key) || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    all[key]();
  });
}
