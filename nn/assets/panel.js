// The single neuron under sliders: its curve, its line, and where its gradient comes from; or three neurons for XOR.

import { dropDown, h, s } from "../../autograd/view/assets/dom.js";
import { formatNumber, subscript } from "../../autograd/view/assets/numbers.js";
import { onTheme } from "../../autograd/view/assets/theme.js";
import { ClassStyles } from "./classes.js";
import { backward, descend, forward, meanGradients, meanLoss, output, squaredError } from "./neuron.js";
import { drawEquation, drawFlow, fillDerivation } from "./panel_flow.js";
import { drawCurve, drawHidden, drawPlane, drawWeights, planeBounds, REACH } from "./panel_plots.js";
import { buildKnobs } from "./panel_sliders.js";
import { Plot } from "./plot.js";

export function start(host, data, OPS) {
  const panel = new Panel(host, data, OPS);
  onTheme(() => panel.refresh());
  return panel;
}

class Panel {
  constructor(host, data, OPS) {
    Object.assign(this, { host, data, OPS });
    this.classes = new ClassStyles(data.class_styles);
    this.all = false; // the loss: of this sample or of all
    this.load(data.presets[data.start]);
  }

  // ── what is shown ──

  /** Starts from a preset: from copies, so that one can go back to it. */
  load(preset) {
    this.preset = preset;
    this.activation = preset.activation;
    this.neurons = preset.neurons.map(({ w, b }) => ({ w: [...w], b }));
    this.picked = this.neurons.length - 1;
    this.lr = 0.5;
    this.message = ""; // what the last step did
    this.chooseSample(preset.X.length - 1);
    this.build();
  }

  /** Moves the point onto a sample; −1: it stays where the sliders are. */
  chooseSample(sample) {
    this.sample = sample;
    if (sample < 0) return;
    this.x = [...this.preset.X[sample]];
    this.target = this.preset.y[sample];
  }

  get σ() {
    return (z) => this.OPS[this.activation](z);
  }

  get isNetwork() {
    return this.neurons.length > 1;
  }

  get names() {
    return this.isNetwork ? ["h₁", "h₂", "f"] : ["h"];
  }

  /** What the op table says of the activation. */
  get row() {
    return this.data.ops.find(({ name }) => name === this.activation);
  }

  get neuron() {
    return this.neurons[this.picked];
  }

  /** The loss, of this sample or of all, with these neurons. */
  loss(neurons = this.neurons) {
    if (this.all) return meanLoss(neurons, this.preset, this.σ);
    return squaredError(output(neurons, this.x, this.σ), this.target);
  }

  /** Gradients of all neurons, of this sample or of all. */
  gradients() {
    if (this.all) return meanGradients(this.neurons, this.preset, this.σ);
    const fired = forward(this.neurons, this.x, this.σ);
    return backward(this.neurons, fired, this.target).map(({ gradient }) => gradient);
  }

  // ── what is done ──

  /** Changes something, and shows all that follows from it. `except`: the input that is being typed in. */
  change(act, except) {
    act();
    this.message = "";
    this.refresh(except);
  }

  takeStep() {
    const before = this.loss();
    const gradients = this.gradients();
    if (!gradients.flat().every(Number.isFinite)) {
      this.message = "The gradient is not finite here: no step was taken.";
    } else {
      this.neurons = descend(this.neurons, gradients, this.lr);
      const moved = gradients.flat().some((g) => g !== 0);
      const change = `L went from ${formatNumber(before)} to ${formatNumber(this.loss())}.`;
      this.message = moved ? change : "Nothing moved.";
    }
    this.refresh();
  }

  // ── the page ──

  /** Everything but the numbers: made anew for each preset. */
  build() {
    const [x, y] = planeBounds(this.preset.X);
    const labels = this.preset.features.map(axisName);
    const plane = new Plot("plane of x: ● y = 1, ■ y = 0", { x, y, labels });
    const hidden = this.isNetwork && new Plot("what f sees", { x: [-0.5, 1.5], y: [-0.5, 1.5], labels: ["h₁", "h₂"] });
    const curve = new Plot("the activation", { x: [-REACH, REACH], y: [-1.5, 2.5], labels: ["z", "h"] });
    const weights = new Plot("the loss over w₁ and w₂", { x: [-5, 5], y: [-5, 5], labels: ["w₁", "w₂"] });
    this.plots = { plane, hidden, curve, weights };
    this.knobs = buildKnobs(this, x, y);
    this.ui = {
      equation: h("p", { class: "equation", id: "equation" }),
      flow: s("svg", { class: "flow", role: "img" }),
      verdict: h("p", { class: "verdict", id: "verdict", "aria-live": "polite" }),
      table: h("tbody"),
      note: h("span"),
      score: h("strong", { id: "score" }),
    };
    this.letGrab(plane);
    this.host.replaceChildren(h("main", {}, this.buildHeader(), this.buildBody()));
    this.refresh();
  }

  buildHeader() {
    const presets = this.data.presets.map((preset) => {
      const pressed = String(preset === this.preset);
      return h("button", { "aria-pressed": pressed, onclick: () => this.load(preset) }, preset.name);
    });
    return h(
      "header",
      {},
      h("h1", {}, "A single neuron"),
      h("nav", { "aria-label": "presets" }, ...presets),
      h("p", { class: "note" }, this.ui.note, this.ui.score),
    );
  }

  buildBody() {
    const { plane, hidden, curve, weights } = this.plots;
    const plots = [plane, hidden, curve, weights].filter(Boolean).map(({ element }) => element);
    const row = h("div", { class: `plots ${this.isNetwork ? "four" : "three"}` }, ...plots, this.ui.verdict);
    const right = h("div", { class: "right" }, this.ui.equation, this.ui.flow, row);
    return h("div", { class: "columns" }, this.buildControls(), right, this.buildDerivation());
  }

  buildControls() {
    const shapes = this.data.ops.map(({ name, symbol }) => [name, symbol === name ? name : `${name} (${symbol})`]);
    const neurons = this.names.map((name, k) => [k, name]);
    const [x1, x2, ...others] = this.knobs.map(({ element }) => element);
    const setTarget = (y) => {
      this.target = Number(y);
      this.sample = -1;
    };
    const losses = [
      ["one", "this sample"],
      ["all", `all ${this.preset.X.length} samples`],
    ];
    const select = (label, id, options, set) => {
      const list = dropDown({ id }, options, (value) => this.change(() => set(value)));
      return h("label", {}, `${label} `, list);
    };
    const toSigmoid = () => this.change(() => this.setActivation("sigmoid"));
    this.ui.rescue = h("button", { id: "sigmoid", onclick: toSigmoid }, "Use sigmoid instead");
    return h(
      "section",
      { class: "controls", "aria-label": "controls" },
      select("activation σ", "activation", shapes, (name) => this.setActivation(name)),
      this.isNetwork && select("neuron", "picked", neurons, (k) => this.pickNeuron(Number(k))),
      x1,
      x2,
      select("sample", "sample", this.sampleOptions(), (i) => this.chooseSample(Number(i))),
      select(
        "target y",
        "target",
        [
          [0, "0"],
          [1, "1"],
        ],
        setTarget,
      ),
      ...others,
      select("loss of", "over", losses, (over) => this.setAll(over === "all")),
      h("button", { id: "descend", class: "primary", onclick: () => this.takeStep() }, "Take one gradient step"),
      this.ui.rescue,
    );
  }

  setActivation(name) {
    this.activation = name;
  }

  setAll(all) {
    this.all = all;
  }

  /** Chooses the neuron whose weights, line and gradient are shown. */
  pickNeuron(k) {
    this.picked = k;
  }

  sampleOptions() {
    const { X, y } = this.preset;
    const samples = X.map((x, i) => [i, `(${x.map(formatNumber).join(", ")}) → ${y[i]}`]);
    return [[-1, "where the sliders are"], ...samples];
  }

  buildDerivation() {
    const samples = this.preset.X.length;
    const head = ["", "∂L/∂h", "× σ′(z)", "× input", "= this sample", `mean of all ${samples}`];
    const cells = head.map((text) => h("th", { scope: "col" }, text));
    const caption = h("caption", {}, "The gradient, factor by factor: L = ½ (h − y)²");
    const table = h("table", {}, caption, h("thead", {}, h("tr", {}, ...cells)), this.ui.table);
    return h("div", { class: "derivation" }, table);
  }

  /** A press on the plane takes the point there, or onto the sample that was meant; dragging takes it along. */
  letGrab(plot) {
    const move = (event) => {
      if (event.buttons & 1) this.change(() => this.moveTo(plot, plot.at(event), event.type === "pointerdown"));
    };
    plot.svg.classList.add("grab");
    plot.svg.addEventListener("pointerdown", move);
    plot.svg.addEventListener("pointermove", move);
  }

  moveTo(plot, at, snaps) {
    const distance = (x) => Math.hypot(plot.px(x[0]) - plot.px(at[0]), plot.py(x[1]) - plot.py(at[1]));
    const near = this.preset.X.findIndex((x) => distance(x) < 12);
    if (snaps && near >= 0) {
      this.chooseSample(near);
      return;
    }
    this.x = at.map((v) => Number(v.toFixed(2)));
    this.sample = -1;
  }

  /** All that depends on the numbers. */
  refresh(except) {
    for (const knob of this.knobs) knob.show(except);
    const { activation, sample, target, picked, σ } = this;
    const chosen = { activation, sample, target, picked, over: this.all ? "all" : "one" };
    for (const [id, value] of Object.entries(chosen)) {
      const list = document.getElementById(id);
      if (list) list.value = String(value);
    }
    const fired = forward(this.neurons, this.x, σ);
    const gradients = this.gradients();
    const { plane, hidden, curve, weights } = this.plots;
    drawEquation(this.ui.equation, this, fired[picked]);
    drawFlow(this.ui.flow, this, fired);
    fillDerivation(this.ui.table, this, fired);
    const right = drawPlane(plane, this, gradients);
    if (hidden) drawHidden(hidden, this, fired, gradients[2]);
    drawCurve(curve, this, fired[picked]);
    drawWeights(weights, this, gradients[picked]);
    this.ui.score.textContent = `${right} of ${this.preset.X.length} right`;
    this.ui.note.textContent = this.isPreset() ? `${this.preset.note} ` : ""; // it speaks of the preset's own numbers
    this.showVerdict(fired[picked], gradients);
  }

  isPreset() {
    const same = (a, b) => a.b === b.b && a.w.every((wj, j) => wj === b.w[j]);
    return this.preset.neurons.every((neuron, k) => same(neuron, this.neurons[k]));
  }

  showVerdict(fired, gradients) {
    const flat = this.OPS[this.activation](fired.z)[1] === 0 && [-2, -0.5, 0.5, 2].every((t) => this.σ(t)[1] === 0);
    const still = gradients.flat().every((g) => g === 0);
    const verdict = this.verdictOn(fired, flat, still && this.loss() === 0);
    this.ui.verdict.textContent = [this.message, verdict].filter(Boolean).join(" ");
    this.ui.rescue.classList.toggle("primary", flat);
    this.ui.rescue.disabled = this.activation === "sigmoid";
  }

  verdictOn({ z, h: value, slope }, flat, perfect) {
    const { activation, row } = this;
    if (!Number.isFinite(value + slope)) {
      return `${activation} needs ${row.domain || "another z"}; here z = ${formatNumber(z)}.`;
    }
    if (flat) return `σ′(z) = 0 for every z: slope 0, nothing can be learned through ${activation}.`;
    if (slope === 0) return "σ′(z) = 0 here: slope 0, this sample teaches nothing.";
    return perfect ? "L = 0: there is nothing left to learn here." : "";
  }
}

/** A feature's name, unless it is only x1 or x2. */
function axisName(name, j) {
  return name && name !== `x${j + 1}` ? name : `x${subscript(j + 1)}`;
}
