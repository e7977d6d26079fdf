// A moment of the player as the part of an address behind #: "#t=12&predict&mistake=assign&w=0.5".

import { titlesOf } from "./levels.js";
import { MISTAKES } from "./mistakes.js";
import { numberToText, parseNumber } from "./numbers.js";

const MOST_NAMED = 6; // leaves, where one is not found

/** What a link says beside the numbers of leaves: each reads its value into a link, or returns what is wrong. */
const WORDS = {
  t: (link, value) => {
    if (!/^(\d+|end)$/.test(value)) return "t is the number of a step, 0, 1, 2, …, or end";
    link.time = value === "end" ? Infinity : Number(value);
  },
  predict: (link, value) => {
    if (value) return "predict stands alone";
    link.predicts = true;
  },
  mistake: (link, value) => {
    if (!value || !Object.hasOwn(MISTAKES, value)) return `a mistake is ${oneOf(Object.keys(MISTAKES).slice(1))}`;
    link.mistake = value;
  },
  level: (link, value, { levels }) => {
    const names = levels.map(({ name }) => name);
    if (!names.includes(value)) return `a level is ${oneOf(names)}`;
    link.level = names.indexOf(value);
  },
  open: (link, value, { parts }) => {
    link.part = parts.findIndex((_, part) => titlesOf(parts, part).join("/") === value);
    if (link.part < 0) return `no box that opens is called “${value}”`;
  },
  node: (link, value, graph) => {
    link.node = nodeCalled(graph, value);
    if (link.node < 0) return `no node is called “${value}”`;
  },
  stop: (link, value, graph) => {
    const node = nodeCalled(graph, value);
    if (node < 0) return `no node is called “${value}”`;
    link.stops.add(node);
  },
};

/** Of each node what links call it, no two alike: its name, with a number behind it where that is taken. */
export function wordsOf(nodes) {
  const times = new Map(Object.keys(WORDS).map((word) => [word, 1]));
  return nodes.map((node) => {
    const name = node.name.replace(/[\u2068\u2069]/g, ""); // what isolates a name that is written from right to left
    let word = name;
    while (times.has(word)) {
      times.set(name, times.get(name) + 1);
      word = `${name}~${times.get(name)}`;
    }
    times.set(word, 1);
    return word;
  });
}

/** The link to { time, predicts, mistake, level, part, node, stops, numbers }; −1 for no level, part or node. */
export function writeLink({ nodes, levels, parts }, moment) {
  const { time, predicts, mistake, level, part, node, stops, numbers } = moment;
  const words = wordsOf(nodes);
  const said = [
    ["t", time],
    predicts && ["predict"],
    mistake && ["mistake", mistake],
    level >= 0 && ["level", levels[level].name],
    part >= 0 && ["open", titlesOf(parts, part).join("/")],
    node >= 0 && ["node", words[node]],
    ...[...stops].map((stop) => ["stop", words[stop]]),
    ...[...numbers].map(([leaf, x]) => [words[leaf], numberToText(x)]),
  ];
  return `#${said.flatMap((word) => (word ? [word.map(encoded).join("=")] : [])).join("&")}`;
}

/** Brackets too: a link in a text ends before one. */
function encoded(text) {
  return encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt().toString(16)}`);
}

/** What a link asks for, as `writeLink` takes it, and its `problems`: what of it can't be done, in words. */
export function readLink(trace, hash) {
  const link = { time: 0, predicts: false, mistake: "", level: -1, part: -1, node: -1, problems: [] };
  Object.assign(link, { stops: new Set(), numbers: new Map() });
  const graph = { ...trace, words: wordsOf(trace.nodes) };
  const seen = new Set();
  for (const part of hash.replace("#", "").split("&").filter(Boolean)) {
    const problem = readPart(graph, link, seen, part);
    if (problem) link.problems.push(`“${part}”: ${problem}.`);
  }
  return link;
}

function readPart(graph, link, seen, part) {
  const [word, value] = decoded(part);
  if (word === undefined) return "after a % come two digits, as in %20";
  if (seen.has(word) && word !== "stop") return `${word} is there twice, and the first counts`;
  seen.add(word);
  if (Object.hasOwn(WORDS, word)) return WORDS[word](link, value, graph);
  return readNumber(graph, link, word, value);
}

/** [word, value], "" for none; [] for what is not encoded as addresses are. */
function decoded(part) {
  const [word, ...value] = part.split("=");
  try {
    return [word, value.join("=")].map(decodeURIComponent);
  } catch {
    return [];
  }
}

function readNumber(graph, link, word, value) {
  const { nodes } = graph;
  const node = nodeCalled(graph, word);
  if (node < 0) return `no leaf is called “${word}”${leavesOf(nodes)}`;
  if (nodes[node].parents.length) return `${word} is computed from other numbers, only a leaf can be given one`;
  const x = parseNumber(value);
  if (x === undefined) return `${word} needs a number`;
  link.numbers.set(node, x);
}

/** The node that a link calls so, or that has this label or path; −1 for none. */
function nodeCalled({ nodes, words }, word) {
  const found = words.indexOf(word);
  if (found >= 0) return found;
  return nodes.findIndex(({ label, path, full }) => word && [label, path, full].includes(word));
}

/** ", but w, x" where there are few. */
function leavesOf(nodes) {
  const leaves = nodes.filter(({ parents }) => !parents.length).map(({ name }) => name);
  return leaves.length > MOST_NAMED ? "" : `, but ${leaves.join(", ")}`;
}

function oneOf(words) {
  return words.length > 1 ? `one of ${words.join(", ")}` : words[0];
}
