import assert from "node:assert/strict";
import test from "node:test";
import { emptyPlane, readTable, TableError, withSample } from "../../nn/assets/own_samples.js";
import { readState, writeState } from "../../nn/assets/playground_link.js";
import { lossesFor, readSettings, withData, writeSettings } from "../../nn/assets/playground_settings.js";
import { pythonCode } from "../../nn/assets/python_code.js";
import { Batches, splitSamples } from "../../nn/assets/samples_drawn.js";

const START = {
  data: "moons",
  noise: 0.1,
  share: 0.5,
  seed: 0,
  features: ["x1", "x2"],
  layers: [4, 2],
  activations: ["tanh", "tanh"],
  init: "kaiming",
  batch: 10,
  lr: 0.1,
  optimizer: "SGD",
  penalty: "none",
  rate: 0.001,
  loss: "logistic",
};
const KNOWN = {
  data: ["moons", "hills"],
  features: ["x1", "x2", "x1 * x2", "sin(3 * x1)"],
  activations: ["tanh", "relu"],
  init: ["kaiming", "zero"],
  optimizer: ["SGD", "Adam"],
  penalty: ["none", "L1", "L2"],
  loss: ["logistic", "mse"],
};

test("a link is read as the settings that wrote it, and says only what differs", () => {
  const other = {
    ...START,
    data: "hills",
    features: ["x1 * x2", "sin(3 * x1)"],
    layers: [],
    activations: [],
    lr: 1e-3,
  };
  const link = writeSettings(other, START);
  assert.ok(!link.includes("seed"));
  assert.deepEqual(readSettings(link, START, KNOWN, 16), { settings: other, problems: [] });
  assert.equal(writeSettings(START, START), "");
});

test("what a link asks for in vain is named, and the rest is obeyed", () => {
  const asked =
    "layers=3,99&lr=-1&batch=2.5&optimizer=Newton&colour=red&seed=&features=&activations=relu&toString=1&noise=0.2";
  const { settings, problems } = readSettings(asked, START, KNOWN, 16);
  const vain = [
    "layers=3,99",
    "lr=-1",
    "batch=2.5",
    "optimizer=Newton",
    "colour=red",
    "seed=",
    "features=",
    "toString=1",
  ];
  assert.deepEqual(problems, vain);
  assert.deepEqual(settings, { ...START, noise: 0.2, activations: ["relu", "relu"] });
});

test("other samples bring a loss and features that suit them", () => {
  const set = { X: [[1, 2, 3]], y: [0], classes: ["a", "b", "c"], noise: 0 };
  const settings = withData(START, "own", set);
  assert.deepEqual([settings.loss, settings.features, settings.share], ["cross_entropy", ["x1", "x2", "x3"], 0]);
  assert.deepEqual(lossesFor(0), ["mse"]);
});

test("a table gives numbers, classes in order, and a regression where there are many numbers", () => {
  const found = readTable("a.csv", '\ufeffa,b,"kind"\r\n1,2,10\r\n3,4,9\r\n\r\n5,6,"no"\r\n');
  assert.deepEqual(found.X, [[1, 2], [3, 4], [5, 6]]); // biome-ignore format: a table
  assert.deepEqual(
    [found.classes, found.y, found.features],
    [
      ["9", "10", "no"],
      [1, 0, 2],
      ["a", "b"],
    ],
  );
  const line = (_, i) => `${i};${i / 7}`;
  assert.deepEqual(readTable("b.csv", Array.from({ length: 20 }, line).join("\n")).classes, []);
});

test("a column that only names the rows is left out, and the title says so", () => {
  const lines = (head, name) => [head, ...Array.from({ length: 12 }, (_, i) => `${name(i)},${i / 2},${"ab"[i % 2]}`)];
  for (const head of [",x,kind", "id,x,kind", "row_id,x,kind", "Unnamed: 0,x,kind"]) {
    const found = readTable("t.csv", lines(head, (i) => 3 * i).join("\n"));
    assert.deepEqual([found.features, found.X[1]], [["x"], [0.5]]);
    assert.equal(found.title, `t.csv without ${head.split(",")[0] || "the row numbers"}`);
  }
  const counting = lines("", (i) => i + 1).slice(1);
  assert.deepEqual(readTable("t.csv", counting.join("\n")).features, ["x2"]);
  assert.deepEqual(readTable("t.csv", lines("week,x,kind", (i) => i).join("\n")).features, ["week", "x"]);
  assert.throws(() => readTable("t.csv", "id,kind\n1,a\n2,b\n3,a\n"), { message: /no features/ });
});

test("a cell in quotes holds what separates others", () => {
  const text = 'size,"a ""wide"" one, in cm", kind\n1,"2", "red, ripe"\n"3",4,"in two\nlines"\n5,6,red, ripe\n';
  assert.throws(() => readTable("q.csv", text), { message: "q.csv, line 5: 4 columns, expected 3." });
  const found = readTable("q.csv", text.replace("red, ripe\n", '"red, ripe"\n'));
  assert.deepEqual(found.X, [[1, 2], [3, 4], [5, 6]]); // biome-ignore format: a table
  assert.deepEqual(
    [found.features, found.classes],
    [
      ["size", 'a "wide" one, in cm'],
      ["in two\nlines", "red, ripe"],
    ],
  );
  assert.deepEqual(readTable("s.csv", '1;"a;b"\n2;c\n').classes, ["a;b", "c"]);
});

test("what is wrong with a table is said by line and column", () => {
  const problems = {
    "line 2: a quoted cell has no end": '1,a\n2,"b\n3,c\n',
    "line 1: a quoted cell": '1,"a"b\n2,c\n',
    "is empty": "\n \n",
    "needs two columns": "1\n2\n",
    "line 3: 3 columns, expected 2": "1,a\n2,b\n3,4,c",
    'line 2, column 1: expected a finite number, got "∞"': "1,a\n∞,b",
    "has 1 classes": "1,a\n2,a",
    "has 9 classes": Array.from("abcdefghi", (c, i) => `${i},${c}`).join("\n"),
    "has 0 samples": "a,b\n",
  };
  for (const [said, text] of Object.entries(problems)) {
    assert.throws(
      () => readTable("t.csv", text),
      (error) => error instanceof TableError && error.message.includes(said),
      said,
    );
  }
});

test("a painted sample brings the classes that it needs", () => {
  const set = withSample(emptyPlane(), [0.1, 0.2], 3);
  assert.deepEqual([set.classes.length, set.X.length, set.y], [4, 3, [0, 1, 3]]);
  assert.equal(emptyPlane().X.length, 2);
});

test("code names what differs, and no more", () => {
  const set = { X: [[0, 0]], code: "data.moons(300, noise={noise}, seed={seed})", standardized: false };
  const names = { tanh: "tanh", relu: "relu" };
  const plain = pythonCode(START, { set, sizes: [2, 4, 2, 1], names, epochs: 3, parameters: null });
  assert.match(plain, /MLP\(\[2, 4, 2, 1\], activation="tanh", seed=0\)/);
  assert.match(plain, /SGD\(model\.parameters\(\), lr=0\.1\)/);
  assert.doesNotMatch(plain, /l2=|sin|autograd/);
  const other = { ...START, activations: ["tanh", "relu"], share: 0, batch: 0, penalty: "L2" };
  const code = pythonCode(other, { set, sizes: [2, 4, 2, 1], names, epochs: 3, parameters: [0.5] });
  assert.match(code, /activation=\["tanh", "relu"\]\)/);
  assert.match(code, /optimizer=optimizer, l2=0\.001/);
  assert.match(code, /zip\(model\.parameters\(\), \[0\.5\]\)/);
  assert.doesNotMatch(code, /split|batch_size/);
});

test("an epoch takes every sample once, and a split keeps them all", () => {
  const batches = new Batches(7, 3, 5);
  const seen = [batches.next(), batches.next(), batches.next()];
  assert.deepEqual(
    seen.map((batch) => batch.length),
    [3, 3, 1],
  );
  assert.deepEqual(seen.flat().sort(), [0, 1, 2, 3, 4, 5, 6]);
  assert.equal(batches.epoch, 1);
  const y = [0, 0, 0, 0, 1, 1, 1, 1];
  const { train, heldOut } = splitSamples({ X: y.map((_, i) => [i]), y }, 0.25, true, 0);
  assert.deepEqual(
    [train.y, heldOut.y],
    [
      [0, 0, 0, 1, 1, 1],
      [0, 1],
    ],
  );
});

test("a link holds samples of one's own and weights, exactly", () => {
  const data = { sets: { moons: { X: [[0, 0]], y: [0], classes: ["0", "1"] } }, start: START, widest: 16 };
  const known = { ...KNOWN, loss: ["logistic", "cross_entropy"], features: ["x1", "x2", "x3"] };
  const read = (text) => readState(text, data, known);
  const state = (name, set) => ({ settings: withData(START, name, set), set, weights: null });
  const painted = withSample(withSample(emptyPlane(), [0.12345, -1], 3), [0.5, 0.25], 0);
  const weights = [0.1 + 0.2, -1e-9, 3];
  const { text, unsaid } = writeState({ ...state("painted", painted), weights }, START);
  assert.equal(unsaid, "");
  const found = read(text);
  assert.deepEqual(found.sets.painted, painted);
  assert.deepEqual([found.weights, found.problems, found.settings.data], [weights, [], "painted"]);

  const table = readTable("t.csv", '"a,b";c;d;kind\n1;2;3;"x;y"\n0.1;1e-7;5;z\n1;1;1;z\n');
  const other = read(writeState(state("file", table), START).text);
  assert.deepEqual([other.sets.file, other.problems, other.settings.features], [table, [], ["x1", "x2", "x3"]]);

  const many = {
    ...painted,
    X: painted.X.concat(Array(600).fill([0.123, 0.456])),
    y: painted.y.concat(Array(600).fill(1)),
  };
  const left = writeState(state("painted", many), START);
  assert.match(left.unsaid, /^The link has the settings alone: with these samples it would have 8,\d{3} characters\.$/);
  assert.ok(!left.text.includes("0.123"));
  for (const vain of ["painted=1,2", "painted=0,0,9", "file=t.csv%0A1,2", "painted="]) {
    const { problems, settings } = read(`${vain}&data=moons`);
    assert.deepEqual([problems.length, settings.data], [1, "moons"], vain);
  }
});
