// The controls of the panel: the bar under its sentence, the sliders, and one sample, number by number.

import { button, dropDown, h, s } from "../../autograd/view/assets/dom.js";
import { formatNumber } from "../../autograd/view/assets/numbers.js";

export const KEYS = [
  ["Space", "train or pause"],
  ["→", "one step down the gradient"],
  ["Home", "start again"],
];

/** How to read the plots. */
export function legendOf(classes) {
  const entry = (mark, text) =>
    h("li", {}, s("svg", { viewBox: "-10 -10 20 20", "aria-hidden": "true" }, mark), ` ${text}`);
  return [
    h(
      "ul",
      { class: "legend", "aria-label": "legend" },
      entry(classes.marker(1), "a sample that should give 1"),
      entry(classes.marker(0), "a sample that should give 0"),
      entry(s("path", { class: "wrong", d: "M-7 -7 L7 7 M7 -7 L-7 7" }), "a sample on the wrong side"),
      entry(s("line", { class: "boundary", x1: -9, y1: 9, x2: 9, y2: -9 }), "the line w·x + b = 0: drag it"),
      entry(s("text", { class: "side plus", x: -9, y: 9 }, "+"), "the side on which z = w·x + b is above 0; −: below"),
      entry(s("line", { class: "boundary next", x1: -9, y1: 9, x2: 9, y2: -9 }), "where the next step takes it"),
      entry(s("circle", { class: "handle", r: 7 }), "the tip of w: drag it to turn the line"),
      entry(s("circle", { class: "ball", r: 7 }), "the weights, on the surface of the loss: drag them"),
      entry(s("circle", { class: "now", r: 8 }), "the sample whose numbers are shown: drag it"),
    ),
  ];
}

/** Train, step, start again; the activation; how well it does. */
export function buildBar(panel) {
  const play = h("button", { id: "train", class: "primary", onclick: () => panel.togglePlay() }, "Train");
  const once = () => {
    panel.playback.pause();
    panel.takeStep();
  };
  const step = h("button", { id: "descend", onclick: once }, "Step");
  const again = button("↺", "start again", () => panel.load(panel.preset));
  const lecture = button(
    "Best weights",
    "the most that can be right, with the step function",
    () => panel.loadLecture(),
    {
      id: "lecture",
    },
  );
  const loss = h("b", { id: "loss" });
  const score = h("strong", { id: "score" });
  const figures = h("span", { class: "figures" }, "loss ", loss, " · ", score);
  const bar = h("div", { class: "bar" }, play, step, again, figures, panel.preset.lecture && lecture);
  return { bar, play, loss, score };
}

/** The sliders, and a `show()` that brings the lists and buttons up to date. */
export function buildControls(panel) {
  const { weights, rate } = panel.knobs;
  const shapes = buildActivations(panel);
  const neurons = dropDown(
    { id: "picked" },
    panel.names.map((name, k) => [k, name]),
    (k) => panel.change(() => panel.setNeuron(Number(k), panel.neurons[k])),
  );
  const losses = [
    ["all", `all ${panel.preset.X.length} samples`],
    ["one", "one sample"],
  ];
  const setAll = (over) => {
    panel.all = over === "all";
  };
  const over = dropDown({ id: "over" }, losses, (value) => panel.change(() => setAll(value)));
  const element = h(
    "section",
    { class: "controls", "aria-label": "controls" },
    shapes.element,
    panel.isNetwork && h("label", {}, "neuron ", neurons),
    ...weights.map((knob) => knob.element),
    rate.element,
    h("label", { title: "whose loss is shown, and lowered" }, "train on ", over),
  );
  const show = () => {
    shapes.show();
    neurons.value = panel.picked;
    over.value = panel.all ? "all" : "one";
    panel.sampleLists?.();
  };
  return { element, show };
}

/** A button for each of the first activations, and a list of the others. */
function buildActivations(panel) {
  const { activations, first } = panel.data;
  const choose = (name) => panel.change(() => panel.setActivation(name));
  const buttons = activations.slice(0, first).map(({ name, title }) => {
    return h("button", { "data-activation": name, onclick: () => choose(name) }, title);
  });
  const others = activations.slice(first).map(({ name, title }) => [name, title]);
  const more = dropDown({ id: "more", "aria-label": "more activations" }, [["", "more …"], ...others], (name) => {
    if (name) choose(name);
  });
  const show = () => {
    for (const one of buttons) one.setAttribute("aria-pressed", one.dataset.activation === panel.activation);
    more.value = others.some(([name]) => name === panel.activation) ? panel.activation : "";
  };
  const element = h("div", { class: "activations", role: "group", "aria-label": "activation" }, ...buttons, more);
  return { element, show };
}

/** One sample: the equation, the boxes, the activation's curve, and the gradient factor by factor. */
export function buildSample(panel) {
  const { X, y } = panel.preset;
  const { equation, flow, table } = panel.ui;
  const options = X.map((x, i) => [i, `(${x.map(formatNumber).join(", ")}) → ${y[i]}`]);
  const choose = (i) => panel.change(() => (i < 0 ? panel.setTarget(panel.target) : panel.chooseSample(i)));
  const sample = dropDown({ id: "sample" }, [[-1, "the point"], ...options], (i) => choose(Number(i)));
  const targets = [
    [0, "0"],
    [1, "1"],
  ];
  const target = dropDown({ id: "target" }, targets, (k) => panel.change(() => panel.setTarget(Number(k))));
  panel.sampleLists = () => {
    sample.value = panel.sample;
    target.value = panel.target;
  };
  const head = ["", "", "× σ′(z)", "× input", "= this sample", `mean of all ${X.length}`];
  const cells = head.map((text) => h("th", { scope: "col" }, text));
  const caption = h("caption", {}, `The gradient, factor by factor: L = ½ (${panel.names.at(-1)} − y)²`);
  const gradient = h("table", {}, caption, h("thead", {}, h("tr", {}, ...cells)), table);
  const lists = [h("label", {}, "sample ", sample), h("label", {}, "target y ", target)];
  const inputs = panel.knobs.inputs.map(({ element }) => element);
  return h(
    "details",
    { class: "sample" },
    h("summary", {}, "One sample, number by number: its output, its loss, its gradient"),
    h(
      "div",
      { class: "numbers" },
      h("section", { class: "controls" }, ...lists, ...inputs, panel.plots.curve.element),
      h("div", { class: "right" }, equation, flow, h("div", { class: "derivation" }, gradient)),
    ),
  );
}
