// What every page has: light or dark, the size of its text, full screen, help, and the keys that it knows.

import { button, h } from "./dom.js";
import { toggleTheme } from "./theme.js";

const COMMON = [
  ["?", "this help"],
  ["Esc", "close what is open"],
]; // keys of all pages
const SIZES = [1, 1.25, 1.5]; // of the text, by turns
const TYPED_IN = "input:not([type=checkbox], .scrub), textarea, select";
const PRESSED = "button, [role=button], summary, input[type=checkbox]";

/** The buttons of a page. `root`: the element with its theme; `screen`: what fills it; `more`: buttons before them. */
export function buildTools(help, root, screen = screenButton(root), ...more) {
  let size = 0;
  const enlarge = () => {
    size = (size + 1) % SIZES.length;
    root.style.setProperty("--text-size", SIZES[size]);
  };
  const ask = button("?", "help");
  ask.popoverTargetElement = help;
  return h(
    "div",
    { class: "tools", role: "toolbar", "aria-label": "view" },
    ...more,
    button("◐", "light or dark", () => toggleTheme(root)),
    button("Aa", "larger text", enlarge),
    screen,
    ask,
  );
}

function screenButton(root) {
  return document.fullscreenEnabled && button("⤢", "full screen", () => fillScreen(root, !document.fullscreenElement));
}

/** The whole screen for an element, or no longer. Where a page may not, its own size has to do. */
function fillScreen(element, fills) {
  if (fills) element.requestFullscreen?.().catch(() => {});
  else if (document.fullscreenElement) document.exitFullscreen();
}

/**
 * What begins and ends presenter mode: the class "present" for `root`, in large type and without tools, and the whole
 * screen for `screen`. `changed(presents)`: it began, or it ended, as Esc ends it.
 */
export function presenterOf(root, screen, changed = () => {}) {
  const toggle = () => {
    const presents = root.classList.toggle("present");
    changed(presents);
    fillScreen(screen, presents);
  };
  screen.addEventListener("fullscreenchange", () => {
    if (!document.fullscreenElement && root.classList.contains("present")) toggle();
  });
  return toggle;
}

/** What stands in the page and how to read it, and its keys: pairs of a key and what it does. */
export function buildHelp(legend, keys) {
  const close = button("✕", "close", null, { class: "close" });
  const attributes = { class: "help", role: "dialog", "aria-label": "help", popover: "auto" };
  const reading = [h("h2", {}, "How to read it"), ...legend];
  const help = h("section", attributes, close, ...reading, h("h2", {}, "Keys"), descriptionList([...keys, ...COMMON]));
  close.popoverTargetElement = help;
  return help;
}

/** Pairs of a term and what it means. */
export function descriptionList(pairs) {
  return h("dl", {}, ...pairs.flatMap(([term, meaning]) => [h("dt", {}, term), h("dd", {}, meaning)]));
}

/**
 * Key → what it does, given whether Shift is held, where `isMeant(event)` and nobody is typing; "?" is for the help.
 * Returns what ends it.
 */
export function listenToKeys(actions, help, isMeant = () => true) {
  const all = { Escape: () => {}, ...actions, "?": () => help.togglePopover() };
  const listener = (event) => {
    const { key, target } = event;
    if (!Object.hasOwn(all, key) || !isMeant(event)) return;
    if (key === "Escape") {
      help.hidePopover();
      all.Escape();
      return;
    }
    const isTyping = target.matches?.(TYPED_IN) && !(target.value === "" && /^(Arrow|Page)/.test(key));
    const isPressing = key === " " && target.matches?.(PRESSED);
    if (isTyping || isPressing || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    event.stopPropagation();
    all[key](event.shiftKey);
  };
  // On the window and before everyone else: Notebook 7 takes the arrow keys on the document.
  addEventListener("keydown", listener, true);
  return () => removeEventListener("keydown", listener, true);
}
