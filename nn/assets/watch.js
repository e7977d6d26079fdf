// Watching training: everything shown is a function of one snapshot; going anywhere is a look-up.

const data = JSON.parse(document.getElementById("data").textContent);
const planar = !data.without_maps;
const outputs = data.sizes.at(-1);
const MOST = 32; // neuron maps a layer
let now = 0, timer = null;

// ── the network, from its numbers ────────────────────────────────────────────

/** The flat list of parameters as layers of neurons {w, b}. */
function unpacked(parameters) {
	let i = 0;
	return data.sizes.slice(1).map((m, l) => range(m).map(() => {
		const w = parameters.slice(i, (i += data.sizes[l]));
		return { w, b: parameters[i++] };
	}));
}

/** hˡ of every layer: h = σ(W h + b). */
function forward(layers, x) {
	let inputs = x;
	return layers.map((layer, l) => {
		const σ = OPS[data.activations[l]];
		return (inputs = layer.map(({ w, b }) => σ(w.reduce((sum, wj, j) => sum + wj * inputs[j], b))[0]));
	});
}

/** The class that the network says, and the class that a target is (hinge writes −1 for class 0). */
const classOf = (f) => (outputs === 1 ? Number(f[0] > data.threshold) : f.indexOf(Math.max(...f)));
const target = (y) => (outputs === 1 ? Number(y > data.threshold) : y);
/** How sure: the distance to the threshold or to the runner-up. */
function margin(f) {
	if (outputs === 1) return abs(f[0] - data.threshold);
	const [first, second] = [...f].sort((a, b) => b - a);
	return first - second;
}

// ── the page ─────────────────────────────────────────────────────────────────

const view = { maps: [], bars: [] };

function bounds(j) {
	const low = Math.min(...data.X.map((x) => x[j])), high = Math.max(...data.X.map((x) => x[j]));
	const room = 0.1 * (high - low) || 1;
	return [low - room, high + room];
}

function build() {
	view.loss = lossCurve();
	document.querySelector("main").replaceChildren(
		h("header", {}, h("h1", {}, data.title), transport()),
		h("div", { class: "watch" }, h("section", {}, boundary(), view.loss.element), h("section", {}, ...maps()), layerTable()));
	document.addEventListener("keydown", keys);
	go(data.snapshots.length - 1);
}

function transport() {
	const last = data.snapshots.length - 1, button = (id, text, label, onclick) => h("button", { id, "aria-label": label, title: label, onclick }, text);
	view.scrub = h("input", { id: "scrub", type: "range", min: 0, max: last, step: 1, "aria-label": "snapshot", oninput: () => go(view.scrub.valueAsNumber) });
	view.play = button("play", "Play", "play or pause", play);
	view.clock = h("output", { class: "clock", id: "clock", "aria-live": "polite" });
	return h("div", { class: "transport" }, button("first", "|◀", "first snapshot", () => go(0)), button("back", "◀", "one back", () => go(now - 1)),
		view.play, button("forward", "▶", "one forward", () => go(now + 1)), button("last", "▶|", "last snapshot", () => go(last)), view.scrub, view.clock);
}

/** Arrow keys, Home, End and Space, unless another control has the focus. */
function keys(event) {
	const moves = { ArrowLeft: () => go(now - 1), ArrowRight: () => go(now + 1), Home: () => go(0), End: () => go(Infinity), " ": play };
	const taken = event.target.tagName === "INPUT" || (event.target.tagName === "BUTTON" && event.key === " ");
	if (taken || !moves[event.key] || event.altKey || event.ctrlKey || event.metaKey) return;
	event.preventDefault();
	moves[event.key]();
}

function play() {
	if (timer) return pause();
	if (now === data.snapshots.length - 1) go(0);
	view.play.textContent = "Pause";
	view.clock.setAttribute("aria-live", "off"); // five steps a second can't be read out
	timer = setInterval(() => (now < data.snapshots.length - 1 ? go(now + 1) : pause()), 200);
	return timer;
}

function pause() {
	clearInterval(timer);
	timer = null;
	view.play.textContent = "Play";
	view.clock.setAttribute("aria-live", "polite");
}

function boundary() {
	if (!planar) return h("p", { id: "no-maps" }, data.without_maps);
	view.plane = new Plot("decision boundary", { x: bounds(0), y: bounds(1), labels: ["x₁", "x₂"] });
	const classes = [...new Set(data.y.map(target))].sort((a, b) => a - b);
	const entry = (k) => h("li", {}, s("svg", { viewBox: "-10 -10 20 20", "aria-hidden": "true" }, s("path", { class: `class${k % CLASSES}`, d: MARKERS[k % CLASSES] })), ` ${data.classes[k] ?? `class ${k}`}`);
	return h("div", {}, view.plane.element, h("ul", { class: "legend", "aria-label": "classes" }, ...classes.map(entry)));
}

/** One little map a hidden neuron. */
function maps() {
	if (!planar) return [];
	return data.sizes.slice(1, -1).flatMap((m, l) => {
		const plots = range(Math.min(m, MOST)).map((i) => new Plot(`h${low(i + 1)}`, { x: bounds(0), y: bounds(1), size: 100, ticks: false }));
		view.maps.push(plots);
		const rest = m > MOST ? `, the first ${MOST} of ${m}` : "";
		return [h("h2", {}, `Layer ${l + 1}: what each neuron sees${rest}`), h("div", { class: "maps" }, ...plots.map((plot) => plot.element))];
	});
}

function lossCurve() {
	const points = data.loss.filter(([, y]) => y !== null), steps = points.map(([step]) => step), values = points.map(([, y]) => y);
	const log = values.every((y) => y > 0), height = (y) => (log ? Math.log10(y) : y);
	const ys = values.map(height), low = Math.min(...ys, Infinity), high = Math.max(...ys, -Infinity);
	const first = Math.min(0, ...steps), end = Math.max(1, ...steps, data.snapshots.at(-1).step);
	const px = (step) => (400 * (step - first)) / (end - first), py = (y) => 10 + (140 * (high - y)) / (high - low || 1);
	const cursor = s("line", { class: "cursor", y1: 0, y2: 160 });
	const svg = s("svg", { class: "wide", viewBox: "-6 -4 412 188", role: "img", "aria-label": "loss of the batch by step" },
		s("rect", { class: "frame", width: 400, height: 160 }), s("polyline", { class: "loss", points: points.map(([step], i) => `${px(step)},${py(ys[i])}`).join(" ") }), cursor,
		s("text", { class: "tick", y: 178 }, `step ${first}`), s("text", { class: "tick", x: 400, y: 178, "text-anchor": "end" }, String(end)),
		values.length && s("text", { class: "tick", x: 394, y: 22, "text-anchor": "end" }, show(Math.max(...values))),
		values.length && s("text", { class: "tick", x: 6, y: 153 }, show(Math.min(...values))));
	const caption = h("figcaption", {}, values.length ? `loss${log ? " (logarithmic)" : ""} by step` : "no steps were recorded");
	const move = (step) => { cursor.setAttribute("x1", px(step)); cursor.setAttribute("x2", px(step)); };
	return { element: h("figure", {}, svg, caption), move };
}

const COLUMNS = { "activation h": "", "log₁₀ |δ|": "", "δ = 0": "zero", dead: "dead", saturated: "saturated", "‖Δw‖/‖w‖": "ratio" };
const HINT = "δ = ∂L/∂(weighted sum). Dead: slope 0 on every sample; saturated: slope near 0. ‖Δw‖/‖w‖, the size of a step against the weights, is often near 0.001.";

function layerTable() {
	view.rows = data.activations.map((σ, l) => {
		const cells = Object.fromEntries(Object.values(COLUMNS).filter(Boolean).map((key) => [key, h("td", { "data-key": `${l}.${key}` })]));
		const bars = [histogram(`h of layer ${l + 1}`), histogram(`log₁₀|δ| of layer ${l + 1}`)], path = ratioPath(l);
		const tr = h("tr", {}, h("th", { scope: "row" }, `${l + 1}, ${σ === "positive" ? "linear" : σ}`), ...bars.map((one) => h("td", {}, one.element)), ...Object.values(cells), h("td", {}, path.element));
		return { tr, bars, cells, path };
	});
	const head = ["layer", ...Object.keys(COLUMNS)].map((text) => h("th", { scope: "col", colspan: COLUMNS[text] === "ratio" && 2 }, text));
	return h("section", { class: "byLayer" }, h("h2", {}, "Layer by layer, one scale for the whole run"),
		h("table", { class: "layers" }, h("thead", {}, h("tr", {}, ...head)), h("tbody", {}, ...view.rows.map((row) => row.tr))), h("p", { class: "hint" }, HINT));
}

/** Bars that are as wide as there is room, and the numbers at both ends. */
function histogram(name) {
	const svg = s("svg", { class: "bars", viewBox: "0 0 210 50", preserveAspectRatio: "none", role: "img" }), ends = [h("span"), h("span")];
	const draw = (counts, span) => {
		const most = Math.max(1, ...counts), width = 210 / counts.length, total = counts.reduce((a, b) => a + b, 0);
		svg.replaceChildren(...counts.map((n, i) => s("rect", { x: i * width, y: 50 - (48 * n) / most, width: width - 1, height: (48 * n) / most })));
		ends.forEach((end, i) => (end.textContent = show(Number(span[i].toPrecision(2)))));
		svg.dataset.counts = counts.join(" ");
		svg.setAttribute("aria-label", `histogram of ${name}: ${total} numbers from ${show(span[0])} to ${show(span[1])}`);
	};
	return { element: h("figure", {}, svg, h("div", { class: "span", "aria-hidden": "true" }, ...ends)), draw };
}

/** ‖Δw‖/‖w‖ of a layer at all snapshots, logarithmic: all layers on one scale, with a dot at the moment shown. */
function ratioPath(l) {
	const size = (shot, layer) => Math.log10(shot.layers[layer].ratio), layers = range(data.activations.length);
	const known = data.snapshots.flatMap((shot) => layers.map((layer) => size(shot, layer))).filter(Number.isFinite);
	const top = Math.max(...known, -Infinity), high = top - Math.min(...known, top) || 1;
	const at = data.snapshots.map((shot, i) => [4 + (92 * i) / Math.max(1, data.snapshots.length - 1), 4 + (32 * (top - size(shot, l))) / high]);
	const seen = at.filter(([, y]) => Number.isFinite(y)), dot = s("circle", { r: 3.5 });
	const svg = s("svg", { class: "path", viewBox: "0 0 100 40", role: "img", "aria-label": `‖Δw‖/‖w‖ of layer ${l + 1} over the run` }, s("polyline", { points: seen.map((p) => p.join()).join(" ") }), dot);
	const move = (i) => {
		dot.setAttribute("visibility", Number.isFinite(at[i][1]) ? "visible" : "hidden");
		if (Number.isFinite(at[i][1])) { dot.setAttribute("cx", at[i][0]); dot.setAttribute("cy", at[i][1]); }
	};
	return { element: svg, move };
}

// ── one moment ───────────────────────────────────────────────────────────────

function go(i) {
	now = Math.max(0, Math.min(data.snapshots.length - 1, i));
	draw();
}

function draw() {
	const shot = data.snapshots[now], record = data.loss.findLast(([step]) => step <= shot.step) ?? data.loss[0];
	view.scrub.value = now;
	const earlier = record && record[0] < shot.step ? ` at step ${record[0]}` : "";
	write(view.clock, shot.step, `step ${shot.step}${record && record[1] !== null ? `, batch loss ${show(record[1])}${earlier}` : ""}`);
	view.loss.move(shot.step);
	view.rows.forEach((row, l) => drawLayer(row, shot.layers[l], shot.step));
	if (!planar) return;
	const layers = unpacked(shot.parameters);
	drawPlane(layers);
	drawMaps(layers);
}

function drawLayer({ bars, cells, path }, layer, step) {
	const percent = (x) => `${Number((100 * x).toPrecision(2))} %`;
	bars[0].draw(layer.h, layer.spans[0]);
	bars[1].draw(layer.delta, layer.spans[1]);
	write(cells.zero, layer.zero, percent(layer.zero));
	write(cells.ratio, layer.ratio, step ? show(Number(layer.ratio.toPrecision(2))) : "–");
	path.move(now);
	for (const [i, key] of ["dead", "saturated"].entries()) write(cells[key], layer.flat?.[i] ?? NaN, layer.flat ? percent(layer.flat[i]) : "–");
}

function drawPlane(layers) {
	const colours = range(CLASSES).map((k) => colour(`class${k}`));
	view.plane.clear();
	view.plane.field(72, (x, y) => {
		const f = forward(layers, [x, y]).at(-1);
		return [...colours[classOf(f) % CLASSES], 0.12 + 0.33 * Math.tanh(margin(f))];
	});
	data.X.forEach((x, i) => view.plane.sample(x, target(data.y[i]), 5));
	view.plane.describe(`Decision boundary after ${data.snapshots[now].step} steps, with ${data.X.length} samples`);
}

/** Blue where h is above 0, orange below; + and − stand where it is largest and smallest. */
function drawMaps(layers) {
	const n = 20, plot = view.maps[0]?.[0];
	if (!plot) return;
	const xs = spread(...plot.x, n), ys = spread(...plot.y, n), [plus, minus] = [colour("plus"), colour("minus")];
	const values = ys.map((y) => xs.map((x) => forward(layers, [x, y])));
	view.maps.forEach((plots, l) => plots.forEach((map, i) => {
		const points = ys.flatMap((y, r) => xs.map((x, c) => ({ x, y, h: values[r][c][l][i] })));
		const largest = Math.max(...points.map((p) => abs(p.h))) || 1;
		const nearest = (t, [low, high]) => Math.round(((t - low) / (high - low)) * (n - 1));
		map.clear();
		map.field(n, (x, y) => { const v = values[nearest(y, map.y)][nearest(x, map.x)][l][i]; return [...(v > 0 ? plus : minus), 0.75 * abs(v) / largest]; });
		mark(map, points, 1);
		mark(map, points, -1);
		map.caption.textContent = `h${low(i + 1)} ${points.some((p) => p.h < 0) ? "±" : "≤ "}${Number(largest.toPrecision(2))}`;
		map.describe(`Neuron ${i + 1} of layer ${l + 1}: up to ${show(largest)} in size`);
	}));
}

/** A glyph at the extreme of that sign, kept off the border. */
function mark(map, points, sign) {
	const extreme = points.reduce((a, b) => (sign * b.h > sign * a.h ? b : a));
	if (sign * extreme.h <= 0) return;
	const inside = (t, [low, high]) => low + (high - low) * Math.max(0.16, Math.min(0.84, (t - low) / (high - low)));
	map.text(sign > 0 ? "+" : "−", [inside(extreme.x, map.x), inside(extreme.y, map.y)], `glyph ${tone(sign)}`, [0, -11]);
}

build();
onTheme(draw);
