// The player as a live Jupyter widget: what anywidget calls, and the theme of the JupyterLab around it.

import { numberFromJson, numberToText } from "./numbers.js";
import { Player } from "./player.js";

/** Leaf → number, as Python has it: what is not finite is text. */
function numbersToJson(numbers) {
  const json = (x) => (Number.isFinite(x) ? x : numberToText(x));
  return Object.fromEntries([...numbers].map(([node, x]) => [node, json(x)]));
}

function numbersFromJson(numbers) {
  return new Map(Object.entries(numbers).map(([node, x]) => [Number(node), numberFromJson(x)]));
}

/**
 * `model`: the traits that Python shares; `el`: where to draw; `rules`: of the ops, `updates`: by which it descends.
 * Returns what cleans up.
 */
export function render({ model, el }, rules, updates) {
  const share = (name, value) => {
    if (JSON.stringify(value) === JSON.stringify(model.get(name))) return;
    model.set(name, value);
    model.save_changes();
  };
  el.classList.add("cg");
  el.style.setProperty("--frame-height", `${model.get("height")}px`);
  const options = {
    rules,
    updates,
    css: model.get("_css"),
    time: model.get("time"),
    onTime: (time) => share("time", time),
    onNumbers: (numbers) => share("numbers", numbersToJson(numbers)),
  };
  const player = new Player(el, JSON.parse(model.get("trace")), options);
  const light = document.body.dataset.jpThemeLight;
  if (light) el.dataset.theme = light === "true" ? "light" : "dark";
  const move = () => {
    if (model.get("time") !== player.time) player.go(model.get("time"));
  };
  const change = () => player.change(() => player.changes.setAll(numbersFromJson(model.get("numbers"))));
  model.on("change:time", move);
  model.on("change:numbers", change);
  change();
  return () => {
    model.off("change:time", move);
    model.off("change:numbers", change);
    player.close();
  };
}
