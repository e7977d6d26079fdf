// Watching training: everything shown is a function of one snapshot; going to any of them is a look-up.

import { clamp } from "../../autograd/view/assets/arrays.js";
import { buildHelp, buildTools, listenToKeys } from "../../autograd/view/assets/controls.js";
import { h, setNumber, setText } from "../../autograd/view/assets/dom.js";
import { followNotebook } from "../../autograd/view/assets/frame.js";
import { formatNumber } from "../../autograd/view/assets/numbers.js";
import { Playback, Transport } from "../../autograd/view/assets/transport.js";
import { ClassStyles } from "./classes.js";
import { onTheme } from "./colours.js";
import { buildLayerTable } from "./layer_table.js";
import { LossCurve } from "./loss_curve.js";
import { bounds, buildMaps, drawBoundary, drawMaps } from "./maps.js";
import { Decision, unpack } from "./network.js";
import { columnNames, NetworkPicture } from "./network_picture.js";
import { Plot } from "./plot.js";
import { Samples } from "./samples.js";
import { ScalarNetwork } from "./scalar_network.js";

const DELAY = 200; // ms between two snapshots that are played
const ADVICE = "Before training: press Play, or drag the slider, and the network learns. "; // at the first snapshot
const KEYS = [
  ["← →", "one snapshot back or forward"],
  ["Home End", "to the first, to the last"],
  ["Space", "play or pause"],
];

export function start(host, data, OPS) {
  const page = new TrainingPage(host, data, OPS);
  onTheme(() => page.draw());
  followNotebook(host.closest(".cg"));
  return page;
}

class TrainingPage {
  constructor(host, data, OPS) {
    this.data = data;
    this.classes = new ClassStyles(data.class_styles);
    this.isDrawn = data.X.length > 0;
    this.isPlanar = this.isDrawn && data.sizes[0] === 2;
    this.chosen = 0; // the sample whose way through the network is shown
    this.decision = new Decision(data.sizes.at(-1), data.threshold);
    this.scalars = this.isDrawn && new ScalarNetwork(architectureOf(data), OPS);
    this.last = data.snapshots.length - 1;
    this.playback = new Playback((playing) => this.showPlaying(playing));
    this.build(host);
    this.go(0);
  }

  /** The snapshot that is shown. */
  get shot() {
    return this.data.snapshots[this.now];
  }

  /** h of every layer, as the network that is shown computes it. */
  compute(x) {
    return this.scalars.compute(x).slice(1);
  }

  outputs(x) {
    return this.scalars.outputs(x);
  }

  // ── time ──

  go(i) {
    this.now = clamp(i, 0, this.last);
    this.layers = unpack(this.shot.parameters, this.data.sizes);
    if (this.isDrawn) this.scalars.parameters = this.shot.parameters;
    this.draw();
  }

  togglePlay() {
    if (this.playback.playing) {
      this.playback.pause();
      return;
    }
    if (this.now === this.last) this.go(0);
    const tick = () => {
      this.go(this.now + 1);
      return this.now < this.last;
    };
    this.playback.play(tick, () => DELAY, DELAY);
  }

  showPlaying(playing) {
    this.transport.showPlaying(playing);
    this.transport.clock.setAttribute("aria-live", playing ? "off" : "polite"); // five per second can't be read out
  }

  // ── the page ──

  build(host) {
    const { data } = this;
    this.transport = this.buildTransport();
    this.loss = new LossCurve("loss of the batch by step", "step", "loss of the batch, before each step");
    this.loss.show([{ name: "loss", points: data.loss }], data.snapshots.at(-1).step);
    this.advice = h("p", { class: "advice" });
    this.rows = buildLayerTable(data);
    this.maps = this.isPlanar ? buildMaps(data) : [];
    this.network = this.isDrawn && new NetworkPicture(data.sizes, columnNames(data.activations), this.maps);
    const help = buildHelp(legendOf(this), KEYS);
    const { buttons, scrub, clock } = this.transport;
    const controls = h("div", { class: "transport" }, ...buttons, scrub, clock);
    const header = h("header", {}, h("h1", {}, data.title), buildTools(help, host.closest(".cg")), controls);
    const left = h("section", {}, this.isPlanar ? this.buildBoundary() : this.buildSamples());
    const right = h("section", {}, ...(this.network ? [this.network.element] : []), this.loss.element);
    const diagnostics = h("summary", {}, "Diagnostics: activations, gradients, dead neurons, size of the updates");
    const details = h("details", {}, diagnostics, this.rows.element);
    host.replaceChildren(h("main", {}, header, this.advice, h("div", { class: "watch" }, left, right), details), help);
    const actions = {
      ArrowLeft: () => this.go(this.now - 1),
      ArrowRight: () => this.go(this.now + 1),
      Home: () => this.go(0),
      End: () => this.go(this.last),
      " ": () => this.togglePlay(),
    };
    listenToKeys(actions, help);
  }

  buildTransport() {
    const ways = {
      first: ["first snapshot", () => this.go(0)],
      back: ["one snapshot back", () => this.go(this.now - 1)],
      play: ["play or pause", () => this.togglePlay()],
      forward: ["one snapshot forward", () => this.go(this.now + 1)],
      last: ["last snapshot", () => this.go(this.last)],
      go: ["snapshot", (i) => this.go(i)],
    };
    const clock = h("output", { class: "clock", "aria-live": "polite" });
    return new Transport(ways, this.last, clock);
  }

  /** The plane with the samples. */
  buildBoundary() {
    const { data } = this;
    const axes = { x: bounds(data.X, 0), y: bounds(data.X, 1), labels: ["x₁", "x₂"] };
    this.plane = new Plot("what the network says", axes);
    this.score = h("p", { class: "score" });
    return h("div", {}, this.plane.element, this.score, h("ul", { class: "legend" }, ...classEntries(this)));
  }

  /** The samples that no plane can show; or why there are none. */
  buildSamples() {
    const { data, decision } = this;
    if (!this.isDrawn) return h("p", { id: "no-maps" }, data.without_maps);
    this.score = h("p", { class: "score" });
    const choose = (i) => {
      this.chosen = i;
      this.draw();
    };
    const actual = data.y.map((y) => decision.classOfTarget(y));
    this.samples = new Samples(actual, this.classes, (k) => this.nameOf(k), choose);
    return h("div", {}, this.score, this.samples.element);
  }

  nameOf(k) {
    return this.data.classes[k] ?? `class ${k}`;
  }

  draw() {
    const { shot, data, transport } = this;
    const record = data.loss.findLast(([step]) => step <= shot.step) ?? data.loss[0];
    transport.scrub.value = this.now;
    setNumber(transport.clock, shot.step, clockText(shot.step, record));
    setText(this.advice, (this.now === 0 ? ADVICE : "") + (this.isDrawn ? meaningOf(this) : ""));
    this.loss.move(shot.step);
    this.rows.draw(shot, this.now);
    if (this.isDrawn) this.drawNetwork();
  }

  drawNetwork() {
    const { data, decision } = this;
    const said = data.X.map((x) => decision.classOf(this.outputs(x)));
    const right = said.filter((k, i) => k === decision.classOfTarget(data.y[i])).length;
    this.score.textContent = `${right} of ${said.length} right`;
    const x = data.X[this.chosen];
    const title = `The network after ${this.shot.step} steps, its weights as edges`;
    this.network.draw(this.layers, [x, ...this.compute(x)], title);
    if (this.samples) this.samples.draw(said, this.chosen);
    if (!this.isPlanar) return;
    const field = this.scalars.overPlane(this.plane, 72);
    drawBoundary(this.plane, this, field);
    drawMaps(this.maps, field);
  }
}

/** The network as `networkGraph` takes it, without a loss: its first output is one. */
function architectureOf({ sizes, activations }) {
  return { sizes, activations, loss: { inputs: sizes.at(-1), nodes: [], result: 0 } };
}

/** A marker and a name for each class that the samples have. */
function classEntries(page) {
  const { classes, data, decision } = page;
  const kinds = [...new Set(data.y.map((y) => decision.classOfTarget(y)))].sort((a, b) => a - b);
  return kinds.map((k) => h("li", {}, classes.icon(k), ` ${page.nameOf(k)}`));
}

/** How to read the page. */
function legendOf(page) {
  const what = page.isPlanar
    ? "Each small map shows over the input plane what one neuron computes: + where h is above 0, − where it is below."
    : "Each circle is a value of the chosen sample: the deeper its colour, the larger; blue is above 0, orange below.";
  return [
    h("p", {}, what),
    h("p", {}, "An edge is a weight: as wide as it is large, blue where it is above 0, orange where it is below."),
    h("p", {}, "Slide or play through training: all of the page shows one moment, and the loss curve says which."),
  ];
}

/** What the output f says. */
function meaningOf(page) {
  const { data, decision, isPlanar } = page;
  const shown = isPlanar ? "The colours are what it says at each point: " : "What it says: ";
  if (!decision.isBinary) return `${shown}the largest of its outputs f names the class.`;
  return `${shown}its output f is above ${formatNumber(data.threshold)} for ${page.nameOf(1)}.`;
}

/** "step 4, loss 0.69"; that of an earlier step where this one has none: losses are recorded before a step. */
function clockText(step, record) {
  if (!record || record[1] === null) return `step ${step}`;
  const loss = formatNumber(record[1]);
  return record[0] < step ? `step ${step}; at step ${record[0]} the loss was ${loss}` : `step ${step}, loss ${loss}`;
}
