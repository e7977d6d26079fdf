// What a pointer takes hold of in the input plane: the tip of a normal, a line, or the point; and where it takes it.

import { moveLine, turnLine } from "./neuron.js";
import { anchorsOf, tipOf } from "./panel_plots.js";

const NEAR = 16; // px of the plot

/** Lets a pointer turn and move the lines of `panel` and the point, on the plane `plot`. */
export function letDrag(plot, panel) {
  let held = null;
  let isFirst = true;
  let mayScroll = false;
  const take = (event) => {
    panel.change(() => held(plot.at(event), isFirst));
    isFirst = false;
  };
  plot.svg.classList.add("grab");
  plot.svg.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    held = takeHold(plot, panel, plot.at(event));
    isFirst = true;
    plot.svg.setPointerCapture(event.pointerId);
    mayScroll = isScrolling(event);
    if (!mayScroll) take(event);
  });
  plot.svg.addEventListener("pointermove", (event) => held && !mayScroll && take(event));
  plot.svg.addEventListener("pointerup", (event) => {
    if (held && isFirst) take(event);
    held = null;
  });
  plot.svg.addEventListener("pointercancel", () => {
    held = null;
  });
}

/** May this press be the beginning of a scroll? A finger on none of the handles, which CSS excepts from scrolling. */
export function isScrolling({ pointerType, target }) {
  return pointerType === "touch" && !target.matches(".hold");
}

/** A function of where the pointer is, and whether it was just pressed. */
function takeHold(plot, panel, at) {
  const lines = panel.isNetwork ? panel.neurons.slice(0, -1) : panel.neurons;
  const anchors = anchorsOf(plot, lines, panel.preset.X);
  const distance = (point) => (point ? plot.distance(point, at) : Infinity);
  const turned = lines.findIndex((line, k) => distance(tipOf(plot, line, anchors[k])) < NEAR);
  if (turned >= 0) {
    const pivot = anchors[turned];
    const turn = (to) => turnLine(panel.neurons[turned], pivot, [to[0] - pivot[0], to[1] - pivot[1]]);
    return (to, isFirst) => isFirst || panel.setNeuron(turned, turn(to));
  }
  const sample = panel.preset.X.findIndex((x) => distance(x) < NEAR);
  const moved = lines.findIndex((line) => plot.distanceToLine(line, at) < NEAR / 1.5);
  const isPoint = sample >= 0 || distance(panel.x) < NEAR;
  if (moved >= 0 && !isPoint) {
    return (to, isFirst) => isFirst || panel.setNeuron(moved, moveLine(panel.neurons[moved], to));
  }
  return (to, isFirst) => (isFirst && sample >= 0 ? panel.chooseSample(sample) : panel.movePoint(to));
}
