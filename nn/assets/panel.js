// The single neuron, to be dragged and trained: its line, its loss as a surface, its gradient; or three for XOR.

import { buildHelp, buildTools, listenToKeys } from "../../autograd/view/assets/controls.js";
import { h, s, setNumber } from "../../autograd/view/assets/dom.js";
import { unary } from "../../autograd/view/assets/engine.js";
import { followNotebook } from "../../autograd/view/assets/frame.js";
import { formatNumber, subscript } from "../../autograd/view/assets/numbers.js";
import { Optimizer } from "../../autograd/view/assets/optimizer.js";
import { Playback } from "../../autograd/view/assets/transport.js";
import { ClassStyles } from "./classes.js";
import { onTheme } from "./colours.js";
import { LossSurface } from "./loss_surface.js";
import { decide, descend, learningRate, NeuronGraph, PARAMETERS } from "./neuron.js";
import { buildBar, buildControls, buildSample, KEYS, legendOf } from "./panel_controls.js";
import { letDrag } from "./panel_drag.js";
import { drawEquation, drawFlow, fillDerivation } from "./panel_flow.js";
import { drawCurve, drawHidden, drawPlane, planeBounds, REACH } from "./panel_plots.js";
import { buildKnobs } from "./panel_sliders.js";
import { adviceOn, endOf, verdictOn } from "./panel_words.js";
import { Plot } from "./plot.js";

const DELAY = 50; // ms between two steps of training
const MOST = 1500; // steps of training before it pauses by itself
const SETTLED = 1e-3; // training pauses where a step is shorter
const SURE = 0.005; // or where all samples are right with such a loss

export function start(host, data, OPS, UPDATES) {
  const panel = new Panel(host, data, OPS, UPDATES);
  onTheme(() => panel.refresh());
  followNotebook(host.closest(".cg"));
  return panel;
}

class Panel {
  constructor(host, data, OPS, UPDATES) {
    Object.assign(this, { host, data, OPS, UPDATES });
    this.classes = new ClassStyles(data.class_styles);
    this.all = true; // the loss: of all samples, or of the chosen one
    this.playback = new Playback((playing) => this.showPlaying(playing));
    this.help = buildHelp(legendOf(this.classes), KEYS);
    this.load(data.presets[data.start]);
    const actions = {
      " ": () => this.togglePlay(),
      ArrowRight: () => this.takeStep(),
      Home: () => this.load(this.preset),
    };
    listenToKeys(actions, this.help);
  }

  // ── what is shown ──

  /** Starts from a preset. */
  load(preset) {
    this.playback.pause();
    this.preset = preset;
    this.neurons = preset.neurons;
    this.optimizer = new Optimizer(this.UPDATES.SGD, this.neurons.length * PARAMETERS.length);
    this.samples = preset.X.map((x, i) => ({ x, target: [preset.y[i]] }));
    this.picked = this.neurons.length - 1;
    this.setActivation(preset.activation);
    this.chooseSample(this.mistakes().at(0) ?? 0);
    this.message = ""; // what the last step did
    this.begin();
    this.build();
  }

  /** The lecture's numbers, with its step function. */
  loadLecture() {
    this.playback.pause();
    this.change(() => {
      this.neurons = this.preset.lecture;
      this.setActivation("step");
    });
  }

  /** The way of training begins here. */
  begin() {
    this.path = [{ neurons: this.neurons, loss: this.loss() }];
  }

  chooseSample(sample) {
    this.sample = sample;
    this.x = this.preset.X[sample];
    this.target = this.preset.y[sample];
  }

  /** Moves the point off the samples. */
  movePoint(x) {
    this.x = x.map((v) => Number(v.toFixed(2)));
    this.sample = -1;
  }

  setTarget(y) {
    this.target = y;
    this.sample = -1;
  }

  setActivation(name) {
    this.activation = name;
    this.graph = new NeuronGraph(this.neurons.length, name, this.data.loss, this.OPS);
    this.lr = learningRate(this.σ);
  }

  setNeuron(k, neuron) {
    this.neurons = this.neurons.with(k, neuron);
    this.picked = k;
  }

  get σ() {
    return unary(this.OPS[this.activation]);
  }

  get isNetwork() {
    return this.neurons.length > 1;
  }

  get names() {
    return this.isNetwork ? ["h₁", "h₂", "f"] : ["h"];
  }

  /** What is said of the activation. */
  get row() {
    return this.data.activations.find(({ name }) => name === this.activation);
  }

  get neuron() {
    return this.neurons[this.picked];
  }

  /** The chosen sample: one of the preset's, or the point. */
  get chosen() {
    return { x: this.x, target: [this.target] };
  }

  /** The samples that are trained on. */
  get trained() {
    return this.all ? this.samples : [this.chosen];
  }

  /** The loss of the samples that are trained on, with these neurons. */
  loss(neurons = this.neurons) {
    return this.graph.of(neurons).meanLoss(this.trained);
  }

  /** Every neuron at a sample. */
  at(sample) {
    return this.graph.of(this.neurons).at(sample);
  }

  /** Gradients of all neurons, the mean over some samples. */
  gradients(samples = this.trained) {
    return this.graph.of(this.neurons).gradients(samples);
  }

  /** Which samples are on the wrong side, by their index. */
  mistakes() {
    const { y } = this.preset;
    const graph = this.graph.of(this.neurons);
    return this.samples.flatMap(({ x }, i) => (decide(graph.output(x)) === y[i] ? [] : [i]));
  }

  // ── what is done ──

  /** Changes something, and shows all that follows from it. `except`: the input that is being typed in. */
  change(act, except) {
    act();
    this.message = "";
    const { neurons, loss } = this.path.at(-1);
    if (neurons !== this.neurons || !Object.is(loss, this.loss())) this.begin();
    this.refresh(except);
  }

  /** The neurons after another step, or null, with the reason. */
  lookAhead() {
    const gradients = this.gradients();
    if (!gradients.flat().every(Number.isFinite)) {
      return { next: null, reason: "The gradient is not finite here: no step was taken." };
    }
    if (gradients.flat().every((g) => g === 0)) return { next: null, reason: "The gradient is 0: nothing moved." };
    return { next: descend(this.neurons, gradients, this.optimizer, this.lr) };
  }

  /** One step down the gradient. Did anything move? */
  takeStep() {
    const before = this.loss();
    const { next, reason } = this.lookAhead();
    if (next) {
      this.neurons = next;
      this.path.push({ neurons: next, loss: this.loss() });
      this.message = `Step ${this.path.length - 1}: loss ${formatNumber(before)} → ${formatNumber(this.loss())}.`;
    } else {
      this.message = reason;
    }
    this.refresh();
    return Boolean(next);
  }

  togglePlay() {
    if (this.playback.playing) {
      this.playback.pause();
      return;
    }
    const end = this.path.length + MOST;
    const tick = () => {
      const moved = this.takeStep();
      const isDone = !moved || this.hasSettled() || this.path.length >= end;
      if (isDone && moved) this.message = endOf(this);
      if (isDone) this.showWords();
      return !isDone;
    };
    this.playback.play(tick, () => DELAY, 0);
  }

  /** Is there little left to gain? */
  hasSettled() {
    const length = this.lr * Math.hypot(...this.gradients().flat());
    return length < SETTLED || (this.wrong.length === 0 && this.loss() < SURE);
  }

  // ── the page ──

  /** Everything but the numbers: made anew for each preset. */
  build() {
    const [x, y] = planeBounds(this.preset.X);
    const labels = this.preset.features.map(axisName);
    const plane = new Plot("input plane", { x, y, labels });
    const hidden = this.isNetwork && new Plot("what f sees", { x: [-0.5, 1.5], y: [-0.5, 1.5], labels: ["h₁", "h₂"] });
    const curve = new Plot("activation", { x: [-REACH, REACH], y: [-1.5, 2.5], labels: ["z", "h"] });
    this.plots = { plane, hidden, curve, surface: new LossSurface((...way) => this.moveWeights(way)) };
    this.knobs = buildKnobs(this, x, y);
    this.ui = {
      ...buildBar(this),
      equation: h("p", { class: "equation", id: "equation" }),
      flow: s("svg", { class: "flow", role: "img" }),
      verdict: h("p", { class: "verdict", id: "verdict", "aria-live": "polite" }),
      table: h("tbody"),
    };
    letDrag(plane, this);
    this.controls = buildControls(this);
    const plots = [plane, hidden, this.plots.surface].filter(Boolean).map(({ element }) => element);
    const body = h(
      "div",
      { class: `columns ${this.isNetwork ? "network" : ""}` },
      h("div", { class: "plots" }, ...plots),
      this.controls.element,
    );
    const isOpen = this.details?.open;
    this.details = buildSample(this);
    this.details.open = isOpen;
    const { bar, verdict } = this.ui;
    this.host.replaceChildren(h("main", {}, this.buildHeader(), verdict, bar, body, this.details), this.help);
    this.refresh();
  }

  buildHeader() {
    const presets = this.data.presets.map((preset) => {
      const pressed = String(preset === this.preset);
      return h("button", { "aria-pressed": pressed, onclick: () => this.load(preset) }, preset.name);
    });
    const title = h("h1", {}, this.isNetwork ? "Three neurons" : "A single neuron");
    return h(
      "header",
      {},
      title,
      h("nav", { "aria-label": "presets" }, ...presets),
      buildTools(this.help, this.host.closest(".cg")),
    );
  }

  moveWeights(way) {
    const { w, b } = this.neuron;
    this.change(() => this.setNeuron(this.picked, { w: w.map((wj, j) => wj + way[j]), b }));
  }

  showPlaying(playing) {
    if (!this.ui) return;
    this.ui.play.textContent = playing ? "Pause" : "Train";
    this.ui.verdict.setAttribute("aria-live", playing ? "off" : "polite"); // twenty steps a second can't be read out
  }

  /** All that depends on the numbers. */
  refresh(except) {
    const { picked, plots, ui } = this;
    for (const knob of [...this.knobs.inputs, ...this.knobs.weights, this.knobs.rate]) knob.show(except);
    this.controls.show();
    this.wrong = this.mistakes();
    this.next = this.lookAhead().next;
    const fired = this.at(this.chosen);
    drawEquation(ui.equation, this, fired[picked]);
    drawFlow(ui.flow, this, fired);
    fillDerivation(ui.table, this, fired);
    drawPlane(plots.plane, this);
    if (plots.hidden) drawHidden(plots.hidden, this, fired);
    drawCurve(plots.curve, this, fired[picked]);
    this.drawSurface();
    this.showWords();
  }

  drawSurface() {
    const { next, neurons, path, picked } = this;
    this.plots.surface.draw({
      loss: (w1, w2) => this.loss(neurons.with(picked, { w: [w1, w2], b: this.neuron.b })),
      path: path.map((one) => one.neurons[picked].w),
      next: next?.[picked].w,
      few: this.preset.X.length > 20,
    });
  }

  showWords() {
    const { X } = this.preset;
    const loss = this.loss();
    setNumber(this.ui.loss, loss, formatNumber(loss));
    this.ui.score.textContent = `${X.length - this.wrong.length} of ${X.length} right`;
    this.ui.verdict.textContent = [this.message, verdictOn(this) || (this.message ? "" : adviceOn(this))]
      .join(" ")
      .trim();
  }
}

/** A feature's name, unless it is only x1 or x2. */
function axisName(name, j) {
  return name && name !== `x${j + 1}` ? name : `x${subscript(j + 1)}`;
}
