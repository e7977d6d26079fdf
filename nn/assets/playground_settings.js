// The settings of the playground: what each may be, and all of them as the text of a link.

import { clamp, range } from "../../autograd/view/assets/arrays.js";

const NUMBERS = {
  noise: [0, 2],
  share: [0, 0.9],
  seed: [0, 999_999_999],
  batch: [0, 10_000],
  lr: [1e-6, 100],
  rate: [0, 10],
};
const WHOLE = ["seed", "batch"];
const LISTS = ["features", "layers", "activations"];
export const DEEPEST = 6; // hidden layers

/** The names that settings may have, but for those of data sets. `data`: of the page. */
export function knownNames({ formulas, widest, activations, inits, losses }, optimizers) {
  const columns = range(widest).map((j) => `x${j + 1}`);
  return {
    features: [...formulas, ...columns],
    activations: activations.map(({ name }) => name),
    optimizer: optimizers,
    penalty: ["none", "L1", "L2"],
    init: Object.keys(inits),
    loss: Object.keys(losses).map((name) => name.split("/")[0]),
  };
}

/** The settings that differ from `start`, as "data=spiral&layers=8,8". */
export function writeSettings(settings, start) {
  const link = new URLSearchParams();
  for (const [key, value] of Object.entries(settings)) {
    if (String(value) !== String(start[key])) link.set(key, String(value));
  }
  return link.toString().replaceAll("%2C", ",");
}

/**
 * The settings of a link: those of `start`, changed where the link says so. `known`: the names that each setting may
 * have. Returns { settings, problems }: what can't be obeyed is said in words.
 */
export function readSettings(text, start, known, widest) {
  const settings = { ...start };
  const problems = [];
  for (const [key, value] of new URLSearchParams(text)) {
    const read = readSetting(key, value, known, widest);
    if (read === undefined) problems.push(`${key}=${value}`);
    else settings[key] = read;
  }
  const { layers, activations } = settings;
  settings.activations = layers.map((_, l) => activations[l] ?? activations.at(-1) ?? "tanh");
  return { settings, problems };
}

/** One setting's value, or undefined where it is not one. */
function readSetting(key, text, known, widest) {
  if (Object.hasOwn(NUMBERS, key)) {
    const x = text.trim() === "" ? Number.NaN : Number(text);
    const [low, high] = NUMBERS[key];
    const fits = x >= low && x <= high && (!WHOLE.includes(key) || Number.isInteger(x));
    return fits ? x : undefined;
  }
  if (!LISTS.includes(key)) return Object.hasOwn(known, key) && known[key].includes(text) ? text : undefined;
  const items = text ? text.split(",") : [];
  if (key === "layers") {
    const sizes = items.map(Number);
    const fit = sizes.length <= DEEPEST && sizes.every((m) => Number.isInteger(m) && m >= 1 && m <= widest);
    return fit ? sizes : undefined;
  }
  const isEmpty = key === "features" && !items.length;
  return !isEmpty && items.every((item) => known[key].includes(item)) ? items : undefined;
}

/** A number that was typed, kept within its bounds. */
export function bounded(key, x) {
  const [low, high] = NUMBERS[key];
  const kept = clamp(x, low, high);
  return WHOLE.includes(key) ? Math.round(kept) : kept;
}

/** The losses that suit samples of so many classes; 0 for a regression. */
export function lossesFor(classes) {
  if (!classes) return ["mse"];
  return classes === 2 ? ["logistic", "hinge", "mse"] : ["cross_entropy"];
}

/** What a single output has to exceed to say class 1. */
export function thresholdOf(loss) {
  return loss === "mse" ? 0.5 : 0;
}

/** The settings with another data set, and what has to change with it. */
export function withData(settings, name, set) {
  const losses = lossesFor(set.classes.length);
  const loss = losses.includes(settings.loss) ? settings.loss : losses[0];
  const share = set.y.length > 20 ? settings.share || 0.5 : 0;
  const names = inputNames(set);
  const fitting = settings.features.filter((feature) => names.includes(feature) || !/^x\d+$/.test(feature));
  const features = names.length === 2 && fitting.length ? fitting : names;
  return { ...settings, data: name, noise: set.noise, loss, share, features };
}

/** x1, x2, …: the columns of samples. */
export function inputNames(set) {
  return set.X[0].map((_, j) => `x${j + 1}`);
}
