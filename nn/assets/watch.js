// Watching training: everything shown is a function of one snapshot; going to any of them is a look-up.

import { clamp } from "../../autograd/view/assets/arrays.js";
import { h, s, setNumber } from "../../autograd/view/assets/dom.js";
import { formatNumber } from "../../autograd/view/assets/numbers.js";
import { onTheme } from "../../autograd/view/assets/theme.js";
import { Playback, Transport } from "../../autograd/view/assets/transport.js";
import { ClassStyles } from "./classes.js";
import { buildLayerTable } from "./layer_table.js";
import { buildLossCurve } from "./loss_curve.js";
import { bounds, buildMaps, drawBoundary, drawMaps } from "./maps.js";
import { Decision, forward, unpack } from "./network.js";
import { Plot } from "./plot.js";

const DELAY = 200; // ms between two snapshots that are played

export function start(host, data, OPS) {
  const page = new TrainingPage(host, data, OPS);
  onTheme(() => page.draw());
  return page;
}

class TrainingPage {
  constructor(host, data, OPS) {
    this.data = data;
    this.classes = new ClassStyles(data.class_styles);
    this.isPlanar = !data.without_maps;
    this.decision = new Decision(data.sizes.at(-1), data.threshold);
    this.activations = data.activations.map((name) => OPS[name]);
    this.last = data.snapshots.length - 1;
    this.playback = new Playback((playing) => this.showPlaying(playing));
    this.build(host);
    this.go(this.last);
  }

  /** The snapshot that is shown. */
  get shot() {
    return this.data.snapshots[this.now];
  }

  /** h of every layer, as the network that is shown computes it. */
  compute(x) {
    return forward(this.layers, x, this.activations);
  }

  // ── time ──

  go(i) {
    this.now = clamp(i, 0, this.last);
    this.layers = unpack(this.shot.parameters, this.data.sizes);
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

  /** Arrow keys, Home, End and Space, unless another control has the focus. */
  onKey(event) {
    const moves = {
      ArrowLeft: () => this.go(this.now - 1),
      ArrowRight: () => this.go(this.now + 1),
      Home: () => this.go(0),
      End: () => this.go(this.last),
      " ": () => this.togglePlay(),
    };
    const { tagName } = event.target;
    const taken = tagName === "INPUT" || (tagName === "BUTTON" && event.key === " ");
    if (taken || !moves[event.key] || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    moves[event.key]();
  }

  // ── the page ──

  build(host) {
    const { data } = this;
    this.transport = this.buildTransport();
    this.loss = buildLossCurve(data.loss, data.snapshots.at(-1).step);
    this.rows = buildLayerTable(data);
    this.maps = this.isPlanar ? buildMaps(data) : [];
    const { buttons, scrub, clock } = this.transport;
    const controls = h("div", { class: "transport" }, ...buttons, scrub, clock);
    const maps = this.maps.flatMap(({ title, element }) => [h("h2", {}, title), element]);
    const header = h("header", {}, h("h1", {}, data.title), controls);
    const left = h("section", {}, this.buildBoundary(), this.loss.element);
    const body = h("div", { class: "watch" }, left, h("section", {}, ...maps), this.rows.element);
    host.replaceChildren(h("main", {}, header, body));
    document.addEventListener("keydown", (event) => this.onKey(event));
  }

  buildTransport() {
    const labels = {
      first: "first snapshot",
      back: "one snapshot back",
      forward: "one snapshot forward",
      last: "last snapshot",
      scrub: "snapshot",
    };
    const actions = {
      first: () => this.go(0),
      back: () => this.go(this.now - 1),
      play: () => this.togglePlay(),
      forward: () => this.go(this.now + 1),
      last: () => this.go(this.last),
      go: (i) => this.go(i),
    };
    const clock = h("output", { class: "clock", "aria-live": "polite" });
    return new Transport(labels, actions, this.last, clock);
  }

  /** The plane with the samples, and a legend of the classes; or why there is none. */
  buildBoundary() {
    const { data, decision } = this;
    if (!this.isPlanar) return h("p", { id: "no-maps" }, data.without_maps);
    this.plane = new Plot("decision boundary", { x: bounds(data.X, 0), y: bounds(data.X, 1), labels: ["x₁", "x₂"] });
    const classes = [...new Set(data.y.map((y) => decision.classOfTarget(y)))].sort((a, b) => a - b);
    const entries = classes.map((k) => {
      const marker = s("svg", { viewBox: "-10 -10 20 20", "aria-hidden": "true" }, this.classes.marker(k));
      return h("li", {}, marker, ` ${data.classes[k] ?? `class ${k}`}`);
    });
    const legend = h("ul", { class: "legend", "aria-label": "classes" }, ...entries);
    return h("div", {}, this.plane.element, legend);
  }

  draw() {
    const { shot, data, transport } = this;
    const record = data.loss.findLast(([step]) => step <= shot.step) ?? data.loss[0];
    transport.scrub.value = this.now;
    setNumber(transport.clock, shot.step, clockText(shot.step, record));
    this.loss.move(shot.step);
    this.rows.draw(shot, this.now);
    if (!this.isPlanar) return;
    drawBoundary(this.plane, this);
    drawMaps(this.maps, (x) => this.compute(x));
  }
}

/** "step 4, batch loss 0.69": the loss recorded last, and when, if that was earlier. */
function clockText(step, record) {
  if (!record || record[1] === null) return `step ${step}`;
  const earlier = record[0] < step ? ` at step ${record[0]}` : "";
  return `step ${step}, batch loss ${formatNumber(record[1])}${earlier}`;
}
