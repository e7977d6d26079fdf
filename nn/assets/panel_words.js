// What the panel says: of the neuron as it is, of what to try, and of how training ended. No DOM.

import { formatNumber } from "../../autograd/view/assets/numbers.js";

/** What is in the way of learning, or empty. */
export function verdictOn(panel) {
  const { row, σ, picked } = panel;
  const { z, h, slope } = panel.at(panel.chosen)[picked];
  if (!Number.isFinite(h + slope)) {
    return `${row.title} needs ${row.domain || "another z"}; here z = ${formatNumber(z)}.`;
  }
  const isFlat = [-2, -0.5, 0.5, 2, z].every((t) => σ(t)[1] === 0);
  if (isFlat)
    return `${noteOn(panel)}σ′(z) = 0 for every z: nothing can be learned through ${row.title}. Choose sigmoid.`;
  if (panel.all) return "";
  if (slope === 0) return "σ′(z) = 0 here: this sample teaches nothing.";
  return panel.loss() === 0 ? "The loss is 0: this sample has nothing left to teach." : "";
}

/** What the lecture says of its own numbers. */
function noteOn({ neurons, preset }) {
  return neurons === preset.lecture ? `${preset.note} ` : "";
}

/** What can be seen, and what to try. */
export function adviceOn(panel) {
  const { isNetwork, neurons, preset, wrong } = panel;
  if (neurons === preset.lecture) return preset.note;
  if (!wrong.length) return "Every sample is on its side. Train on: the neuron becomes surer, the loss falls.";
  const who = whoIsWrong(panel);
  if (isNetwork) return `${who} on the wrong side. Two neurons draw a line each, f decides: press Train.`;
  const advice = "Press Step: the line moves to the dashes, the loss falls. Or drag the line, or w.";
  return `${who} on the wrong side of the line. ${advice}`;
}

function whoIsWrong({ preset, wrong }) {
  if (wrong.length > 1) return `${wrong.length} samples are`;
  return `(${preset.X[wrong[0]].map(formatNumber).join(", ")}) is`;
}

/** How training ended, after so many steps. */
export function endOf(panel) {
  const { isNetwork, path, wrong } = panel;
  const after = `After ${path.length - 1} steps the loss is ${formatNumber(panel.loss())}`;
  if (!wrong.length) return `${after}, and every sample is on its side.`;
  const doubt = isNetwork ? "Start again, or drag a line." : "Can one line do it?";
  return `${after} and hardly changes; ${whoIsWrong(panel)} still on the wrong side. ${doubt}`;
}
