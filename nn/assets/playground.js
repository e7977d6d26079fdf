// The playground: a network that trains before one's eyes. Everything shown is a function of its settings and weights.

import { clamp } from "../../autograd/view/assets/arrays.js";
import { buildHelp, buildTools, listenToKeys, presenterOf } from "../../autograd/view/assets/controls.js";
import { button, dropDown, h, setText } from "../../autograd/view/assets/dom.js";
import { followNotebook } from "../../autograd/view/assets/frame.js";
import { formatBrief } from "../../autograd/view/assets/numbers.js";
import { Playback } from "../../autograd/view/assets/transport.js";
import { ClassStyles } from "./classes.js";
import { onTheme } from "./colours.js";
import { initialParameters } from "./initial_weights.js";
import { Inspector } from "./inspector.js";
import { LossCurve } from "./loss_curve.js";
import { Decision } from "./network.js";
import { countParameters } from "./network_graph.js";
import { NetworkView } from "./network_view.js";
import { OwnTools } from "./own_tools.js";
import { PlaneView } from "./plane_view.js";
import { Controls } from "./playground_controls.js";
import { readState, writeState } from "./playground_link.js";
import { knownNames, thresholdOf, withData } from "./playground_settings.js";
import { SamplePlayer } from "./sample_player.js";
import { splitSamples, standardizeSamples, withNoise } from "./samples_drawn.js";
import { ScalarNetwork, targetOf } from "./scalar_network.js";
import { Training } from "./training.js";

const PACES = [
  ["1", "1 epoch a second"],
  ["5", "5 epochs a second"],
  ["30", "30 epochs a second"],
  ["Infinity", "as fast as it goes"],
];
const BUDGET = [14, 100]; // ms of training between two pictures; within these, as long as a picture takes
const [COARSE, FINE] = [36, 72]; // points on a side at which the neurons are shown, while it plays and when it rests
const SHORTCUTS = [
  ["Space", "play or pause"],
  ["→", "one epoch"],
  ["b", "one batch"],
  ["r", "start again from the first weights"],
  ["g", "gradients or weights on the edges"],
  ["p", "presenter mode: the whole screen, in large type; there PageDown plays or pauses, PageUp starts again"],
  ["o", "open the ringed sample in the player: its scalar graph, step by step"],
];

export function start(host, data, OPS, UPDATES) {
  const page = new Playground(host, data, OPS, UPDATES);
  onTheme(() => page.paint());
  addEventListener("hashchange", () => page.obeyLink());
  followNotebook(host.closest(".cg"));
  return page;
}

class Playground {
  constructor(host, data, OPS, UPDATES) {
    Object.assign(this, { data, OPS, UPDATES, optimizers: Object.keys(UPDATES) });
    this.classes = new ClassStyles(data.class_styles);
    this.playback = new Playback((playing) => setText(this.playButton, playing ? "Pause" : "Play"));
    this.settings = data.start;
    this.build(host);
    this.obeyLink();
  }

  /** Begins with the settings, the samples and the weights that the address has. */
  obeyLink() {
    const { data, optimizers } = this;
    const state = readState(location.hash.slice(1), data, knownNames(data, optimizers));
    const { settings, sets, weights, problems } = state;
    Object.assign(data.sets, sets);
    this.settings = settings;
    const fits = weights?.length === countParameters(this.sizes) && weights.every(Number.isFinite);
    if (weights && !fits) problems.push(`${weights.length} weights`);
    this.given = fits ? { parameters: weights, settings } : { parameters: data.parameters, settings: data.start };
    if (this.player.isOpen) this.player.close();
    this.restart();
    if (problems.length) this.say(`The link asks for what there is not: ${problems.join(", ")}.`);
  }

  /** The data set that is chosen. */
  get set() {
    return this.data.sets[this.settings.data];
  }

  get sizes() {
    const { features, layers } = this.settings;
    return [features.length, ...layers, this.outputs];
  }

  get outputs() {
    const k = this.set.classes.length;
    return k > 2 ? k : 1;
  }

  // ── settings ──

  /** Other settings. What only steers training goes on from the weights that are there. */
  change(patch) {
    const before = this.settings;
    const isOther = patch.data && patch.data !== before.data;
    this.settings = isOther ? withData(before, patch.data, this.data.sets[patch.data]) : { ...before, ...patch };
    const steers = Object.keys(patch).every((key) => ["lr", "penalty", "rate"].includes(key));
    if (steers) this.training.settings = this.settings;
    else this.restart();
    this.isAltered = steers && this.training.steps > 0;
    this.showLink();
  }

  showLink() {
    const { settings, set, data, given, firstParameters } = this;
    const linked = given.settings !== data.start && firstParameters; // weights that came with a link
    const { text, unsaid } = writeState({ settings, set, weights: this.edited ?? linked }, data.start);
    try {
      history.replaceState(null, "", `#${text}`);
    } catch {
      // a frame of a notebook has no address of its own
    }
    if (unsaid) this.say(unsaid);
  }

  /** Trains on samples of one's own. While as many classes are painted, the network keeps its weights. */
  useSet(name, set) {
    const { network, sizes, settings } = this;
    this.data.sets[name] = set;
    const fitting = withData(settings, name, set);
    this.settings = name === settings.data ? { ...fitting, share: settings.share } : fitting;
    this.restart();
    if (String(sizes) === String(this.sizes) && name === "painted") {
      this.network.parameters = network.parameters;
      this.isAltered = true;
      this.training.record();
      this.paint();
    }
    this.showLink();
  }

  say(words) {
    setText(this.message, words);
  }

  // ── from the beginning ──

  /** Draws samples and weights anew. */
  restart() {
    const { settings, set, data, given } = this;
    this.pause();
    const drawn = withNoise(set, settings.noise, settings.seed);
    const parts = splitSamples(drawn, settings.share, set.classes.length > 0, settings.seed);
    const { train, heldOut } = set.standardized ? standardizeSamples(parts) : parts;
    const samples = ({ X, y }) =>
      X.map((x, i) => ({ x, y: y[i], target: targetOf(y[i], settings.loss, this.outputs) }));
    this.samples = { train: samples(train), heldOut: samples(heldOut) };
    this.network = new ScalarNetwork(this.architecture, this.OPS);
    this.firstParameters = this.isGiven ? given.parameters : null;
    this.edited = null; // all weights, after one was given another number
    this.network.parameters =
      this.firstParameters ?? initialParameters(this.sizes, data.inits[settings.init], settings.seed, this.OPS);
    this.isAltered = false;
    this.chosen = this.samples.train[0];
    this.inspector.close();
    this.decision = new Decision(this.outputs, thresholdOf(settings.loss));
    const isRight = (f, { y }) => this.decision.classOf(f) === y;
    this.training = new Training(this.network, this.samples, settings, this.UPDATES, isRight);
    this.say("");
    this.show();
  }

  /** Does the network begin with the weights of a model from Python, or of a link? */
  get isGiven() {
    const { settings, given } = this;
    const same = (key) => String(settings[key]) === String(given.settings[key]);
    return given.parameters && ["data", "features", "layers"].every(same);
  }

  get architecture() {
    const { settings, sizes, data, set } = this;
    const inputs = set.X[0].length;
    const column = (text) => ({ inputs, nodes: [], result: Number(text.slice(1)) - 1 });
    const features = settings.features.map((text) => (inputs === 2 ? data.graphs[text] : column(text)));
    const activations = [...settings.activations, "positive"];
    return { sizes, activations, features, loss: data.losses[`${settings.loss}/${this.outputs}`] };
  }

  // ── what is looked at ──

  /** A click on the plane: the sample there is the one whose numbers are shown; or one is painted. */
  choose(sample, point) {
    if (this.tools.isPainting) return this.tools.paintAt(point);
    this.chosen = sample;
    return this.paint();
  }

  get sampleName() {
    const { train, heldOut } = this.samples;
    const i = train.indexOf(this.chosen);
    return i < 0 ? `held-out sample ${heldOut.indexOf(this.chosen) + 1}` : `sample ${i + 1}`;
  }

  inspect(l, i, j) {
    this.inspector.open(l, i, j);
    this.paint();
  }

  toggleGradients() {
    this.showsGradients = !this.showsGradients;
    this.paint();
  }

  /** Gives the k-th weight or bias another number. */
  setParameter(k, x) {
    this.setParameters(this.network.parameters.with(k, x));
  }

  setParameters(numbers) {
    this.edited = numbers;
    this.network.parameters = numbers;
    this.isAltered = true;
    this.training.record();
    this.showLink();
  }

  // ── time ──

  /** Does something with the training, and shows what came of it. */
  advance(act) {
    act(this.training);
    this.trainedAt = performance.now();
    this.training.record();
    if (this.training.diverged) {
      this.pause();
      const { lr } = this.settings;
      this.say(`The loss is not finite any more: try a smaller learning rate than ${lr}, or other weights.`);
    }
    this.paint();
  }

  epoch() {
    this.pause();
    this.advance((training) => training.epoch());
  }

  batch() {
    this.pause();
    this.advance((training) => training.step());
  }

  togglePlay() {
    if (this.playback.playing) return this.pause();
    const tick = () => {
      const picture = performance.now() - this.trainedAt; // the browser's share in it, too
      this.advance((training) =>
        this.speed === Infinity ? trainFor(training, clamp(picture, ...BUDGET)) : training.epoch(),
      );
      return !this.training.diverged;
    };
    return this.playback.play(tick, () => (this.speed === Infinity ? 0 : 1000 / this.speed), 0);
  }

  pause() {
    if (!this.playback.playing) return;
    this.playback.pause();
    this.paint(); // finer than while it plays
  }

  get speed() {
    return Number(this.speeds.value);
  }

  // ── the page ──

  build(host) {
    this.controls = new Controls(this, (patch) => this.change(patch));
    this.tools = new OwnTools(this);
    this.playButton = button("Play", "play or pause", () => this.togglePlay(), { class: "primary" });
    const again = button("↺", "start again from the first weights", () => this.restart());
    const epoch = button("Epoch", "one epoch", () => this.epoch());
    const batch = button("Batch", "one batch", () => this.batch());
    this.speeds = dropDown({ "aria-label": "speed" }, PACES);
    this.speeds.value = "Infinity";
    this.clock = h("output", { class: "clock" });
    this.message = h("p", { class: "message", role: "status" });
    const help = buildHelp(
      READING.map((line) => h("p", {}, line)),
      SHORTCUTS,
    );
    const title = h("h1", {}, "Playground");
    const root = host.closest(".cg");
    const present = presenterOf(root, root);
    const presents = () => root.classList.contains("present");
    const tools = buildTools(help, root, button("⤢", "presenter mode", present));
    const transport = h("div", { class: "transport" }, this.playButton, epoch, batch, again, this.speeds, this.clock);
    this.inspector = new Inspector(this);
    this.showsGradients = false;
    this.trainedAt = 0;
    this.networkPart = h("section", { class: "net" });
    this.score = h("p", { class: "score" });
    this.legend = h("ul", { class: "legend" });
    this.loss = new LossCurve("losses by epoch", "epoch", "mean loss of the samples");
    this.planePart = h("div");
    const right = h("section", {}, this.planePart, this.score, this.legend, this.loss.element);
    const main = h("div", { class: "playground" }, this.networkPart, right);
    const header = h("header", {}, title, transport, tools);
    const parts = [header, this.controls.element, this.tools.element, this.message, main];
    const page = h("main", { class: "playground-page" }, ...parts);
    this.player = new SamplePlayer(this, page);
    host.replaceChildren(page, this.player.element, help);
    listenToKeys(
      {
        " ": () => this.togglePlay(),
        ArrowRight: () => this.epoch(),
        b: () => this.batch(),
        r: () => this.restart(),
        g: () => this.toggleGradients(),
        o: () => this.player.open(),
        p: present,
        PageDown: () => this.togglePlay(),
        PageUp: () => this.restart(),
        Escape: () => presents() && present(),
      },
      help,
      ({ key, target }) =>
        !this.player.isOpen && !target.closest?.(".plane") && (presents() || !key.startsWith("Page")),
    );
  }

  /** Everything anew: another network or other samples. */
  show() {
    const key = document.activeElement?.dataset.key;
    this.controls.show();
    this.tools.show();
    this.plane = new PlaneView(this, {
      probe: () => this.paintProbe(),
      choose: (...chosen) => this.choose(...chosen),
      drag: (point) => this.tools.paintAlong(point),
      open: () => this.player.open(),
    });
    this.view = new NetworkView(this, {
      change: (patch) => this.change(patch),
      inspect: (...place) => this.inspect(...place),
      toggle: () => this.toggleGradients(),
    });
    this.planePart.replaceChildren(this.plane.element);
    this.networkPart.replaceChildren(this.view.element, this.inspector.element);
    this.showLegend();
    this.paint();
    if (key && document.activeElement === document.body) {
      document.querySelector(`[data-key="${CSS.escape(key)}"]`)?.focus();
    }
  }

  showLegend() {
    const entries = this.set.classes.map((name, k) => h("li", {}, this.classes.icon(k), ` ${name}`));
    const curves = [h("li", { class: "train" }, "loss: training"), h("li", { class: "held" }, "held out")];
    this.legend.replaceChildren(...entries, ...curves);
  }

  /** All that depends on the weights. */
  paint() {
    const { training, samples } = this;
    const { history } = training;
    const { epoch, train, heldOut } = history.at(-1);
    const moment = `epoch ${formatBrief(epoch)}, step ${training.steps}`;
    setText(this.clock, training.steps ? moment : "press Play: it learns");
    const curve = (name, what) => ({ name, points: history.map((moment) => [moment.epoch, moment[what]?.loss]) });
    this.loss.show([curve("held", "heldOut"), curve("loss", "train")], epoch);
    const scores = [this.scoreOf("training", samples.train, train), this.scoreOf("held out", samples.heldOut, heldOut)];
    setText(this.score, scores.filter(Boolean).join(" · "));
    const field = this.plane.compute(this.playback.playing ? COARSE : FINE);
    this.plane.paint(field);
    this.view.paint(field, this.plane.point, this.showsGradients);
    this.inspector.paint();
  }

  paintProbe() {
    this.plane.paintProbe();
    this.view.paintNumbers(this.plane.point);
  }

  /** "training: 97 % right, loss 0.12". */
  scoreOf(name, samples, measured) {
    if (!measured) return "";
    const share = this.set.classes.length ? `${Math.round((100 * measured.right) / samples.length)} % right, ` : "";
    return `${name}: ${share}loss ${formatBrief(measured.loss)}`;
  }
}

const READING = [
  "Each small map shows over the input plane what one neuron computes: + where it is above 0, − where it is below.",
  "An edge is a weight: as wide as it is large, blue where it is above 0, orange where it is below.",
  "Choose a neuron for its numbers and weights, an edge for its gradient as a sum over paths, a sample to see it.",
  "Point at the plane, or move there with the arrow keys: each neuron shows its number at that point.",
  "Samples held out are pale: the network does not train on them.",
  "Step through the ringed sample: its loss as a graph of numbers, forward and backward, one by one.",
];

/** Trains for so many milliseconds, a step at least. */
function trainFor(training, milliseconds) {
  const end = performance.now() + milliseconds;
  do training.step();
  while (performance.now() < end && !training.diverged);
}
