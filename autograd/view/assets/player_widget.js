// The player as a live Jupyter widget: what anywidget calls, and the theme of the JupyterLab around it.

import { Player } from "./player.js";

/**
 * `model`: the traits that Python shares; `el`: where to draw; `rules`: of the ops, `updates`: by which it descends.
 * Returns what cleans up.
 */
export function render({ model, el }, rules, updates) {
  const report = (time) => {
    if (time === model.get("time")) return;
    model.set("time", time);
    model.save_changes();
  };
  el.classList.add("cg");
  el.style.setProperty("--frame-height", `${model.get("height")}px`);
  const options = { rules, updates, css: model.get("_css"), time: model.get("time"), onTime: report };
  const player = new Player(el, JSON.parse(model.get("trace")), options);
  const light = document.body.dataset.jpThemeLight;
  if (light) el.dataset.theme = light === "true" ? "light" : "dark";
  const move = () => {
    if (model.get("time") !== player.time) player.go(model.get("time"));
  };
  model.on("change:time", move);
  return () => {
    model.off("change:time", move);
    player.close();
  };
}
