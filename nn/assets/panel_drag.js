// What a pointer takes hold of in the input plane: the tip of a normal, a line, or the point; and where it takes it.

import { moveLine, turnLine } from "./neuron.js";
import { anchorsOf, tipOf } from "./panel_plots.js";

const NEAR = 16; // px of the plot

/** Lets a pointer turn and move the lines of `panel` and the point, on the plane `plot`. */
export function letDrag(plot, panel) {
  let held = null;
  plot.svg.classList.add("grab");
  plot.svg.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    const at = plot.at(event);
    held = takeHold(plot, panel, at);
    plot.svg.setPointerCapture(event.pointerId);
    panel.change(() => held(at, true));
  });
  plot.svg.addEventListener("pointermove", (event) => {
    if (held) panel.change(() => held(plot.at(event), false));
  });
  for (const end of ["pointerup", "pointercancel"]) {
    plot.svg.addEventListener(end, () => {
      held = null;
    });
  }
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
