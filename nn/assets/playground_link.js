// The playground as the part of an address behind #: its settings, samples of one's own, and weights that were edited.

import { emptyPlane, readTable, TableError, tableText, withSample } from "./own_samples.js";
import { inputNames, readSettings, withData, writeSettings } from "./playground_settings.js";

const LONGEST = 8000; // characters of an address: beyond, what sends it may cut it off

/** How a link holds the samples of one's own, by the name of their set: as text, and back. */
const OWN = {
  painted: {
    write: ({ X, y }) => X.map((x, i) => [...x, y[i]].join(",")).join("_"),
    read: (text) => text.split("_").reduce(paint, { ...emptyPlane(), X: [], y: [] }),
  },
  file: {
    write: (set) => `${set.title}\n${tableText(set)}`,
    read: (text) => readTable(text.split("\n", 1)[0], text.slice(text.indexOf("\n") + 1)),
  },
};

/** `weights`: of all neurons, or null. Returns { text, unsaid }: a sentence about what the text leaves out, or "". */
export function writeState({ settings, set, weights }, start) {
  const text = writeSettings(settings, start);
  const more = new URLSearchParams();
  if (Object.hasOwn(OWN, settings.data)) more.set(settings.data, OWN[settings.data].write(set));
  if (weights) more.set("weights", weights.join(","));
  const whole = [text, more.toString().replaceAll("%2C", ",")].filter(Boolean).join("&");
  if (whole.length <= LONGEST) return { text: whole, unsaid: "" };
  const length = whole.length.toLocaleString("en");
  return { text, unsaid: `The link has the settings alone: with these samples it would have ${length} characters.` };
}

/** What `writeState` wrote: { settings, sets, weights, problems }; `known` and `widest` as for `readSettings`. */
export function readState(text, data, known) {
  const link = new URLSearchParams(text);
  const [sets, problems] = [{}, []];
  for (const [name, { read }] of Object.entries(OWN)) {
    const set = link.has(name) && readOwn(read, link.get(name));
    if (set) sets[name] = set;
    else if (link.has(name)) problems.push(`${name}=${link.get(name).slice(0, 20)}…`);
    link.delete(name);
  }
  const weights = link.get("weights")?.split(",").map(Number) ?? null;
  link.delete("weights");
  const all = { ...data.sets, ...sets };
  const found = readSettings(link.toString(), data.start, { ...known, data: Object.keys(all) }, data.widest);
  const settings = suited(found.settings, all[found.settings.data]);
  return { settings, sets, weights, problems: [...problems, ...found.problems] };
}

/** The same settings, with a loss and with features that suit the samples. */
function suited(settings, set) {
  const { loss, features } = withData(settings, settings.data, set);
  const names = inputNames(set);
  const isOf = (feature) => names.includes(feature) || (names.length === 2 && !/^x\d+$/.test(feature));
  return { ...settings, loss, features: settings.features.every(isOf) ? settings.features : features };
}

/** A set, or null for text that is none. */
function readOwn(read, text) {
  try {
    return read(text);
  } catch (error) {
    if (!(error instanceof TableError)) throw error;
    return null;
  }
}

/** One more sample of a painted set, "0.5,-0.25,1". */
function paint(set, text) {
  const [x1, x2, k, ...rest] = text.split(",").map(Number);
  const isSample = Math.abs(x1) <= 1 && Math.abs(x2) <= 1 && [0, 1, 2, 3].includes(k) && !rest.length;
  if (!isSample) throw new TableError(`${text} is no painted sample: x1,x2,class`);
  return withSample(set, [x1, x2], k);
}
