// The single neuron: z = w·x + b, h = σ(z), and where its gradient comes from.
// Or two neurons and a third: h₁ and h₂ see x, f sees h₁ and h₂.

const data = JSON.parse(document.getElementById("data").textContent);
const AXES = ["w₁", "w₂", "b"];

// ── mathematics ──────────────────────────────────────────────────────────────

function fire({ w, b }, inputs, σ) {
	const z = b + w[0] * inputs[0] + w[1] * inputs[1], [value, slope] = σ(z);
	return { inputs, z, h: value, slope };
}

/** Every neuron's z, h and σ′(z); the output comes last. */
function forward(neurons, x, σ) {
	const hidden = neurons.slice(0, -1).map((neuron) => fire(neuron, x, σ));
	return [...hidden, fire(neurons.at(-1), hidden.length ? hidden.map((one) => one.h) : x, σ)];
}

const output = (neurons, x, σ) => forward(neurons, x, σ).at(-1).h;
/** The class: 1 from ½ on; none where h is not a number. */
const decided = (h) => (Number.isNaN(h) ? null : Number(h >= 0.5));
const squared = (h, y) => 0.5 * (h - y) ** 2;

/** ∂L/∂h of each neuron, and ∂L/∂(w₁, w₂, b) = ∂L/∂h · σ′(z) · (x₁, x₂, 1), for L = ½ (h − y)². */
function backward(neurons, fired, y) {
	const last = fired.at(-1), δ = (last.h - y) * last.slope;
	return fired.map((one, i) => {
		const upstream = one === last ? last.h - y : δ * neurons.at(-1).w[i];
		return { upstream, gradient: [...one.inputs, 1].map((input) => upstream * one.slope * input) };
	});
}

/** The mean over samples, as the loss is one. */
function overAll({ neurons, X, y }, σ) {
	const each = X.map((x, i) => backward(neurons, forward(neurons, x, σ), y[i]));
	return neurons.map((_, k) => AXES.map((_, j) => mean(each.map((sample) => sample[k].gradient[j]))));
}

const lossOverAll = ({ X, y }, neurons, σ) => mean(X.map((x, i) => squared(output(neurons, x, σ), y[i])));

// ── state ────────────────────────────────────────────────────────────────────

let state;

/** What a preset starts from: copies, so that it can be gone back to. */
function begin(preset) {
	const neurons = preset.neurons.map(({ w, b }) => ({ w: [...w], b })), sample = preset.X.length - 1;
	state = {
		...preset, neurons, sample, picked: neurons.length - 1, x: [...preset.X[sample]], target: preset.y[sample],
		lr: 0.5, all: state?.all ?? false, taken: "",
	};
	build();
}

const σ = (z) => OPS[state.activation](z);
const neuron = () => state.neurons[state.picked];
const isNetwork = () => state.neurons.length > 1;
const names = () => (isNetwork() ? ["h₁", "h₂", "f"] : ["h"]);
const row = () => data.ops.find((op) => op.name === state.activation);

/** Gradients of all neurons, of this sample or of all. */
function gradients() {
	if (state.all) return overAll(state, σ);
	return backward(state.neurons, forward(state.neurons, state.x, σ), state.target).map((one) => one.gradient);
}

/** w ← w − η ∂L/∂w, for every neuron. */
function descend() {
	const before = loss(), steps = gradients();
	const flat = steps.flat().every((g) => g === 0);
	if (!steps.flat().every(Number.isFinite)) return say("The gradient is not finite here: no step was taken.");
	steps.forEach((gradient, k) => {
		const one = state.neurons[k];
		one.w = one.w.map((w, j) => w - state.lr * gradient[j]);
		one.b -= state.lr * gradient[2];
	});
	return say(flat ? "Nothing moved." : `L went from ${show(before)} to ${show(loss())}.`);
}

function say(words) {
	state.taken = words;
	refresh();
}

const loss = () => (state.all ? lossOverAll(state, state.neurons, σ) : squared(output(state.neurons, state.x, σ), state.target));

// ── controls ─────────────────────────────────────────────────────────────────

/** A slider and a number box for one number. */
function knob(name, [low, high], get, set) {
	const change = (event) => {
		const x = event.target.valueAsNumber;
		if (Number.isFinite(x)) { set(x); state.taken = ""; refresh(event.target); }
	};
	const slider = h("input", { type: "range", min: low, max: high, step: 0.05, "aria-label": name, oninput: change });
	const box = h("input", { type: "number", step: 0.05, "aria-label": `${name}, as a number`, oninput: change });
	const show = (except) => [slider, box].filter((input) => input !== except).forEach((input) => (input.value = Number(get().toPrecision(4))));
	return { element: h("div", { class: "knob" }, h("span", {}, name), slider, box), show };
}

function knobs() {
	const [x, y] = bounds(), widest = Math.max(5, ...state.neurons.flatMap(({ w, b }) => [...w, b]).map(Math.abs).map(Math.ceil));
	const weights = [-widest, widest];
	const input = (j, limits) => knob(`x${low(j + 1)}`, limits, () => state.x[j], (v) => { state.x[j] = v; state.sample = -1; });
	const weight = (j) => knob(AXES[j], weights, () => neuron().w[j], (v) => (neuron().w[j] = v));
	return [
		input(0, x), input(1, y), weight(0), weight(1), knob("b", weights, () => neuron().b, (v) => (neuron().b = v)),
		knob("η", [0.05, 5], () => state.lr, (v) => (state.lr = v)),
	];
}

function choice(name, id, options, onchange) {
	const select = h("select", { id, onchange: () => { onchange(select.value); state.taken = ""; refresh(); } });
	select.append(...options.map(([value, text]) => h("option", { value }, text)));
	return h("label", {}, `${name} `, select);
}

function samples() {
	const option = (x, i) => [i, `(${x.map(show).join(", ")}) → ${state.y[i]}`];
	return choice("sample", "sample", [[-1, "where the sliders are"], ...state.X.map(option)], (i) => pick(Number(i)));
}

function pick(i) {
	state.sample = i;
	if (i >= 0) Object.assign(state, { x: [...state.X[i]], target: state.y[i] });
}

/** The plane shows all samples, and the square of the corners at least; one scale, so that w looks normal to its line. */
function bounds() {
	const spans = [0, 1].map((j) => [Math.min(0, ...state.X.map((x) => x[j])), Math.max(1, ...state.X.map((x) => x[j]))]);
	const reach = 0.75 * Math.max(...spans.map(([low, high]) => high - low));
	return spans.map((span) => [mean(span) - reach, mean(span) + reach]);
}

/** A press on the plane takes the point there, or onto the sample that was meant; dragging takes it along. */
function grab(plot) {
	const moved = (event) => {
		if (!(event.buttons & 1)) return;
		const at = plot.at(event), near = state.X.findIndex((x) => Math.hypot(plot.px(x[0]) - plot.px(at[0]), plot.py(x[1]) - plot.py(at[1])) < 12);
		if (event.type === "pointerdown" && near >= 0) pick(near);
		else Object.assign(state, { x: at.map((v) => Number(v.toFixed(2))), sample: -1 });
		state.taken = "";
		refresh();
	};
	plot.svg.classList.add("grab");
	plot.svg.addEventListener("pointerdown", moved);
	plot.svg.addEventListener("pointermove", moved);
}

const REACH = 6; // of the activation curve

/** Everything but the numbers: made anew for each preset. */
let view;
function build() {
	const [x, y] = bounds();
	view = {
		knobs: knobs(),
		plane: new Plot("plane of x: ● y = 1, ■ y = 0", { x, y, labels: state.features.map((name, j) => (name && name !== `x${j + 1}` ? name : `x${low(j + 1)}`)) }),
		curve: new Plot("the activation", { x: [-REACH, REACH], y: [-1.5, 2.5], labels: ["z", "h"] }),
		weights: new Plot("the loss over w₁ and w₂", { x: [-5, 5], y: [-5, 5], labels: ["w₁", "w₂"] }),
		hidden: isNetwork() ? new Plot("what f sees", { x: [-0.5, 1.5], y: [-0.5, 1.5], labels: ["h₁", "h₂"] }) : null,
		equation: h("p", { class: "equation", id: "equation" }),
		flow: s("svg", { class: "flow", role: "img" }),
		verdict: h("p", { class: "verdict", id: "verdict", "aria-live": "polite" }),
		table: h("tbody"), note: h("span"), scores: h("strong", { id: "score" }),
		rescue: h("button", { id: "sigmoid", onclick: () => { state.activation = "sigmoid"; state.taken = ""; refresh(); } }, "Use sigmoid instead"),
	};
	grab(view.plane);
	document.querySelector("main").replaceChildren(header(), body());
	refresh();
}

function header() {
	const preset = (one) => h("button", { "aria-pressed": String(one.name === state.name), onclick: () => begin(one) }, one.name);
	return h("header", {}, h("h1", {}, "A single neuron"), h("nav", { "aria-label": "presets" }, ...data.presets.map(preset)),
		h("p", { class: "note" }, view.note, view.scores));
}

function body() {
	const shapes = data.ops.map(({ name, symbol }) => [name, symbol === name ? name : `${name} (${symbol})`]);
	const controls = h("section", { class: "controls", "aria-label": "controls" },
		choice("activation σ", "activation", shapes, (name) => (state.activation = name)),
		isNetwork() && choice("neuron", "picked", names().map((name, k) => [k, name]), (k) => (state.picked = Number(k))),
		...view.knobs.slice(0, 2).map((one) => one.element), samples(),
		choice("target y", "target", [[0, "0"], [1, "1"]], (y) => Object.assign(state, { target: Number(y), sample: -1 })),
		...view.knobs.slice(2).map((one) => one.element),
		choice("loss of", "over", [["one", "this sample"], ["all", `all ${state.X.length} samples`]], (over) => (state.all = over === "all")),
		h("button", { id: "descend", class: "primary", onclick: descend }, "Take one gradient step"), view.rescue);
	const plots = [view.plane, view.hidden, view.curve, view.weights].filter(Boolean).map((plot) => plot.element);
	return h("div", { class: "columns" }, controls, h("div", { class: "right" }, view.equation, view.flow, h("div", { class: `plots ${isNetwork() ? "four" : "three"}` }, ...plots, view.verdict)), derivation());
}

function derivation() {
	const head = ["", "∂L/∂h", "× σ′(z)", "× input", "= this sample", `mean of all ${state.X.length}`];
	return h("div", { class: "derivation" }, h("table", {}, h("caption", {}, "The gradient, factor by factor: L = ½ (h − y)²"),
		h("thead", {}, h("tr", {}, ...head.map((text) => h("th", { scope: "col" }, text)))), view.table));
}

// ── drawing ──────────────────────────────────────────────────────────────────

/** All that depends on the numbers. `except` is the input being typed in. */
function refresh(except) {
	view.knobs.forEach((one) => one.show(except));
	Object.entries({ activation: state.activation, sample: state.sample, target: state.target, over: state.all ? "all" : "one", picked: state.picked })
		.forEach(([id, value]) => { const select = document.getElementById(id); if (select) select.value = String(value); });
	const fired = forward(state.neurons, state.x, σ), steps = gradients();
	drawEquation(fired[state.picked]);
	drawFlow(fired);
	drawTable(fired);
	drawPlane(steps);
	if (view.hidden) drawHidden(fired, steps);
	drawCurve(fired[state.picked]);
	drawWeights(steps[state.picked]);
	drawVerdict(fired[state.picked], steps);
}

function drawEquation({ inputs, z, h: value }) {
	const { w, b } = neuron(), bracket = (x) => (x < 0 ? `(${brief(x)})` : brief(x));
	const number = (id, x, text) => { const element = h("b", { id }); write(element, x, text); return element; };
	view.equation.replaceChildren(
		`z = ${bracket(w[0])}·${bracket(inputs[0])} + ${bracket(w[1])}·${bracket(inputs[1])} + ${bracket(b)} = `, number("z", z, brief(z)),
		"  →  ", `${names()[state.picked]} = ${row().symbol}(z) = `, number("h", value, brief(value)),
	);
}

/** Weighted sum and activation as boxes: an edge is as wide as its weight is large, and has its sign's colour. */
function drawFlow(fired) {
	const last = fired.length - 1, middle = (HIGH + LOW) / 2;
	const at = isNetwork() ? [[352, HIGH], [352, LOW], [700, middle]] : [[400, middle]], end = at[last][0] + HALF + 100;
	const from = (k) => (isNetwork() && k === last ? at.slice(0, 2) : [[-8, HIGH], [-8, LOW]]).map(([x, y]) => [x + HALF, y]);
	const edges = state.neurons.flatMap((one, k) => one.w.map((w, j) => edge(from(k)[j], [at[k][0] - HALF, at[k][1]], w, isNetwork() ? brief(w) : `${AXES[j]} = ${brief(w)}`)));
	const L = box(end, middle, 66, `L = ${show(loss())}`);
	Object.assign(L.lastChild, { id: "loss" }).dataset.value = String(loss());
	view.flow.setAttribute("viewBox", `0 0 ${end + 68} 160`);
	view.flow.setAttribute("aria-label", fired.map((one, k) => `${names()[k]}: weighted sum ${show(one.z)}, activation ${show(one.h)}`).join("; "));
	view.flow.replaceChildren(...edges.map(([line]) => line), s("line", { x1: at[last][0] + HALF, y1: middle, x2: end, y2: middle }),
		...state.x.map((x, j) => box(54, [HIGH, LOW][j], 52, `x${low(j + 1)} = ${brief(x)}`)), ...fired.map((one, k) => neuronBox(at[k], one, k)), L,
		s("text", { class: "tick", x: end, y: middle + 42 }, state.all ? "all samples" : `y = ${state.target}`), ...edges.map(([, text]) => text));
}

const HIGH = 44, LOW = 114, HALF = 110; // px in the drawing: the rows of boxes, and half a neuron's width

/** Three digits: what fits in a box. */
const brief = (x) => show(Number(x.toPrecision(3)));

/** A line, and its weight: above it in the upper row, below it in the lower one, on it where it crosses another. */
function edge([x1, y1], [x2, y2], w, words) {
	const crosses = abs(y2 - y1) === LOW - HIGH, t = crosses ? 0.27 : 0.5, beside = crosses ? 6 : y1 === HIGH ? -11 : 25;
	return [
		s("line", { class: tone(w), x1, y1, x2, y2, style: `stroke-width:${1.5 + Math.min(7, 2 * abs(w))}` }),
		s("text", { class: tone(w), x: x1 + t * (x2 - x1), y: y1 + t * (y2 - y1) + beside }, words),
	];
}

function box(x, y, half, words) {
	return s("g", {}, s("rect", { x: x - half, y: y - 21, width: 2 * half, height: 42, rx: 8 }), s("text", { class: "inside", x, y: y + 6 }, words));
}

/** Left the sum, right what the activation makes of it. */
function neuronBox([x, y], { z, h: value }, k) {
	const pick = () => { if (isNetwork()) { state.picked = k; state.taken = ""; refresh(); } };
	const picked = isNetwork() && k === state.picked ? "picked" : "", { b } = state.neurons[k];
	const words = (text, dx, dy, name) => s("text", { class: name, x: x + (dx * HALF) / 2, y: y + dy }, text);
	return s("g", { class: isNetwork() ? "pickable" : "", onclick: pick },
		s("rect", { class: picked, x: x - HALF, y: y - 21, width: 2 * HALF, height: 42, rx: 8 }), s("line", { class: "zero", x1: x, y1: y - 21, x2: x, y2: y + 21 }),
		words(`z = ${brief(z)}`, -1, 6, "inside"), words(`${names()[k]} = ${brief(value)}`, 1, 6, "inside"),
		y !== LOW && words("Σ", -1, -27, "tick"), y !== LOW && words(row().symbol, 1, -27, "tick"), words(`b = ${brief(b)}`, -1, 39, tone(b)));
}

function drawTable(fired) {
	const one = backward(state.neurons, fired, state.target)[state.picked], all = overAll(state, σ)[state.picked];
	const { slope, inputs } = fired[state.picked], symbols = isNetwork() && state.picked === 2 ? ["h₁", "h₂"] : ["x₁", "x₂"];
	const cell = (key, x, chosen) => {
		const td = h("td", { class: `${tone(x)}${chosen ? " chosen" : ""}`, "data-key": key });
		write(td, x, signed(x));
		return td;
	};
	view.table.replaceChildren(...AXES.map((name, j) => h("tr", {},
		h("th", { scope: "row" }, `∂L/∂${name} = ∂L/∂${names()[state.picked]} · σ′(z) · ${symbols[j] ?? 1}`),
		cell(`${j}.upstream`, one.upstream), cell(`${j}.slope`, slope), cell(`${j}.input`, [...inputs, 1][j]),
		cell(`${j}.one`, one.gradient[j], !state.all), cell(`${j}.all`, all[j], state.all))));
}

const NORMAL = 46; // px of the arrow along w

/** The line of a neuron, with a + and a − beside it: where it says yes, and where no. */
function drawLine(plot, one) {
	plot.boundary(one, "boundary");
	const length = Math.hypot(...one.w), foot = plot.foot(one);
	if (!length || !plot.holds(foot)) return;
	const way = one.w.map((w) => (w / length) * NORMAL), beside = [-way[1], way[0]].map((v) => 1.3 * v);
	plot.text("+", foot, "side plus", [beside[0] + 0.45 * way[0] - 7, beside[1] + 0.45 * way[1] - 8]);
	plot.text("−", foot, "side minus", [beside[0] - 0.45 * way[0] - 7, beside[1] - 0.45 * way[1] - 8]);
}

/** The normal, an arrow along w; below it −∇ from its tip, where one step takes it (made longer where that could not be seen). */
function drawNormal(plot, one, name, gradient) {
	const length = Math.hypot(...one.w);
	if (!length) return;
	const way = one.w.map((w) => (w / length) * NORMAL), start = plot.anchor(one);
	const step = gradient ? gradient.slice(0, 2).map((g) => (-g * state.lr * NORMAL) / length) : [0, 0], far = Math.hypot(...step);
	const tip = [plot.x, plot.y].map(([from, to], j) => start[j] + (way[j] * (to - from)) / plot.size);
	if (far > 0 && far < Infinity) drawDown(plot, tip, step.map((v) => (v / far) * Math.max(32, Math.min(110, far))));
	plot.arrow(start, way, "normal");
	plot.text(name, start, "name", [0.6 * way[0] + 0.4 * way[1] - 7, 0.6 * way[1] - 0.4 * way[0] - 5]);
}

function drawDown(plot, from, way) {
	const length = Math.hypot(...way);
	plot.arrow(from, way, "descent");
	plot.text("−∇", from, "descent name", way.map((v, j) => v * (1 + 18 / length) - [14, 7][j]));
}

/** Blue where it is 1, orange where it is 0, paper at the middle. */
function shaded(value, middle) {
	const [plus, minus] = [colour("plus"), colour("minus")], strength = Math.min(1, abs(value - middle) * 2);
	return [...(value >= middle ? plus : minus), Number.isNaN(value) ? 0 : 0.4 * strength];
}

function drawPlane(steps) {
	const plot = view.plane;
	plot.clear();
	plot.field(64, (x, y) => shaded(output(state.neurons, [x, y], σ), 0.5));
	const lines = isNetwork() ? state.neurons.slice(0, -1) : state.neurons;
	lines.forEach((one) => drawLine(plot, one));
	state.X.forEach((x, i) => plot.sample(x, state.y[i]));
	plot.ring(state.x);
	lines.forEach((one, k) => drawNormal(plot, one, isNetwork() ? names()[k] : "w", k === state.picked && steps[k]));
	const right = state.X.filter((x, i) => decided(output(state.neurons, x, σ)) === state.y[i]).length;
	const still = data.presets.find(({ name }) => name === state.name).neurons.every(({ w, b }, k) => w.every((wj, j) => wj === state.neurons[k].w[j]) && b === state.neurons[k].b);
	view.note.textContent = still ? `${state.note} ` : ""; // it speaks of the preset's own numbers
	const bent = !isNetwork() && decided(σ(-1e-9)[0]) === decided(σ(1e-9)[0]);
	plot.caption.textContent = `plane of x: ● y = 1, ■ y = 0${bent ? "; the line is z = 0, the colours are h ≥ ½ or less" : ""}`;
	view.scores.textContent = `${right} of ${state.X.length} right`;
	plot.describe(`The plane of x with ${state.X.length} samples, ${right} on the right side; the point is at (${state.x.map(show).join(", ")})`);
}

function drawHidden(fired, steps) {
	const plot = view.hidden, seen = (x) => forward(state.neurons, x, σ).slice(0, 2).map((one) => one.h);
	plot.clear();
	plot.field(64, (x, y) => shaded(fire(state.neurons[2], [x, y], σ).h, 0.5));
	drawLine(plot, state.neurons[2]);
	state.X.forEach((x, i) => plot.sample(seen(x), state.y[i]));
	plot.ring(fired[2].inputs);
	drawNormal(plot, state.neurons[2], "f", state.picked === 2 && steps[2]);
	plot.describe("What f sees: the samples at (h₁, h₂), and one line between them");
}

function drawCurve({ z, h: value, slope }) {
	const plot = view.curve, reach = Math.max(REACH, Math.ceil(1.2 * abs(z))), points = spread(-reach, reach, 481);
	const finite = points.map((t) => [t, σ(t)[0]]).filter(([, y]) => Number.isFinite(y));
	const heights = [...finite.map(([, y]) => Math.max(-4, Math.min(4, y))), value].filter(Number.isFinite);
	const low = Math.min(0, ...heights), high = Math.max(1, ...heights), room = 0.25 * (high - low);
	Object.assign(plot, { x: [-reach, reach], y: [low - room, high + room] });
	plot.rule(["z", "h"], true);
	plot.clear();
	plot.curve([[-reach, 0], [reach, 0]], "axis");
	plot.curve([[0, low - room], [0, high + room]], "axis");
	plot.curve(finite, "activation");
	plot.caption.textContent = `${row().symbol}(z), slope σ′(z) = ${show(slope)}`;
	if (!Number.isFinite(value + slope)) return plot.describe(`${state.activation} has no finite value at z = ${show(z)}`);
	plot.curve([[z - reach / 3, value - (slope * reach) / 3], [z + reach / 3, value + (slope * reach) / 3]], "tangent");
	plot.ring([z, value]);
	return plot.describe(`${state.activation} at z = ${show(z)}: h = ${show(value)}, slope ${show(slope)}`);
}

/** The loss seen from the picked neuron's weights, b as it is, and the way down. */
function drawWeights(gradient) {
	const plot = view.weights, { w, b } = neuron(), cells = state.X.length > 20 ? 16 : 32;
	const widest = Math.max(5, ...w.map((v) => Math.ceil(1.2 * abs(v))));
	Object.assign(plot, { x: [-widest, widest], y: [-widest, widest] });
	plot.rule(["w₁", "w₂"], true);
	plot.clear();
	const hill = colour("hill"), at = (w1, w2) => {
		const neurons = state.neurons.with(state.picked, { w: [w1, w2], b });
		return state.all ? lossOverAll(state, neurons, σ) : squared(output(neurons, state.x, σ), state.target);
	};
	plot.field(cells, (w1, w2) => [...hill, Math.min(0.75, 1.2 * at(w1, w2)) || 0]);
	const norm = Math.hypot(gradient[0], gradient[1]), pixels = Math.max(34, Math.min(120, (state.lr * norm * plot.size) / (2 * widest)));
	if (norm > 0 && Number.isFinite(norm)) drawDown(plot, w, gradient.slice(0, 2).map((g) => (-g / norm) * pixels));
	plot.ring(w);
	plot.caption.textContent = norm > 0 ? `violet is loss; ‖∇‖ = ${show(norm)}` : `violet is loss; no arrow: ∇ = ${show(norm)}`;
	plot.describe(`Loss over w₁ and w₂; the gradient's length is ${show(norm)}`);
}

function drawVerdict({ z, h: value, slope }, steps) {
	const flat = OPS[state.activation](z)[1] === 0 && [-2, -0.5, 0.5, 2].every((t) => σ(t)[1] === 0);
	const still = steps.flat().every((g) => g === 0), perfect = loss() === 0;
	const words = !Number.isFinite(value + slope) ? `${state.activation} needs ${row().domain || "another z"}; here z = ${show(z)}.`
		: flat ? `σ′(z) = 0 for every z: slope 0, nothing can be learned through ${state.activation}.`
		: slope === 0 ? "σ′(z) = 0 here: slope 0, this sample teaches nothing."
		: still && perfect ? "L = 0: there is nothing left to learn here." : "";
	view.verdict.textContent = [state.taken, words].filter(Boolean).join(" ");
	view.rescue.classList.toggle("primary", flat);
	view.rescue.disabled = state.activation === "sigmoid";
}

begin(data.presets[data.start]);
onTheme(() => refresh());
