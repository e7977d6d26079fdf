// Samples of one's own: a table that was dropped on the page, and points that are painted.

const MOST_CLASSES = 8; // as many as there are colours
const [SAMPLES, INPUTS] = [5000, 16];

// What people call a column that names the rows, as nn/columns.py knows it; the first one may have no name.
const IDENTIFIER = /^(unnamed: ?0|#|id|index|idx|rows?|row_?(names?|id|nr)|nr|no\.?|key|uuid|.*[_ ]id)$/i;

/** Something is wrong with a table: what, and where. */
export class TableError extends Error {}

/** A CSV file as a data set: numbers, and in the last column a class or, where there are many, a number. */
export function readTable(name, text) {
  const plain = text.replace(/^\ufeff/, "").replaceAll("\r\n", "\n");
  if (!plain.trim()) throw new TableError(`${name} is empty: each line is a sample, its last column the class.`);
  const read = [";", "\t", ","].map((mark) => rowsOf(plain, mark));
  const isTable = (found) => !found.unread && found.rows.every(({ cells }) => cells.length > 1);
  const { rows, unread } = read.find(isTable) ?? read.at(-1);
  if (unread) throw new TableError(`${name}, line ${unread}: a quoted cell has no end, or something behind it.`);
  if (rows.some(({ cells }) => cells.length < 2))
    throw new TableError(`${name} needs two columns or more, separated by commas, semicolons or tabs.`);
  const hasHead = rows[0].cells.slice(0, -1).every((cell) => !isNumeric(cell));
  const head = hasHead ? rows.shift().cells.slice(0, -1) : rows[0].cells.slice(0, -1).map((_, j) => `x${j + 1}`);
  if (!rows.length || rows.length > SAMPLES || head.length > INPUTS) {
    throw new TableError(
      `${name} has ${rows.length} samples of ${head.length} numbers; shown are 1 to ${SAMPLES} of up to ${INPUTS}.`,
    );
  }
  const numbers = rows.map((row) => numbersOf(name, row, head.length));
  const isFeature = head.map((title, j) => !namesRows(hasHead ? title : null, numbers, j));
  if (!isFeature.includes(true)) throw new TableError(`${name} has no features: its columns only name the rows.`);
  const X = numbers.map((row) => row.filter((_, j) => isFeature[j]));
  const leftOut = head.flatMap((title, j) => (isFeature[j] ? [] : [title || "the row numbers"]));
  const target = targetsOf(
    name,
    rows.map(({ cells }) => cells.at(-1)),
  );
  const code = `data.load_csv("${name.replaceAll(/["\\]/g, "\\$&")}", task="classification")`;
  return {
    ...dataSet(
      leftOut.length ? `${name} without ${leftOut.join(", ")}` : name,
      X,
      target.y,
      head.filter((_, j) => isFeature[j]),
      target.classes,
    ),
    code: target.classes.length ? code : "",
    standardized: true,
  };
}

/** Does column j only name the rows? Whole numbers, all different, so named; without a header, 0, 1, 2, … first. */
function namesRows(title, rows, j) {
  const column = rows.map((row) => row[j]);
  const counts = column.every((x, i) => x === i + column[0]) && [0, 1].includes(column[0]);
  if (title === null) return j === 0 && rows[0].length > 1 && rows.length >= 10 && counts;
  const isName = IDENTIFIER.test(title) || title.endsWith("Id") || (title === "" && j === 0);
  return isName && rows.length > 2 && column.every(Number.isInteger) && new Set(column).size === rows.length;
}

function numbersOf(name, { number, cells }, m) {
  if (cells.length !== m + 1)
    throw new TableError(`${name}, line ${number}: ${cells.length} columns, expected ${m + 1}.`);
  return cells.slice(0, -1).map((cell, j) => {
    if (isNumeric(cell)) return Number(cell);
    throw new TableError(
      `${name}, line ${number}, column ${j + 1}: expected a finite number, got "${cell.slice(0, 40)}".`,
    );
  });
}

/** Classes: numbers by size, then words; of more than can be told apart, all of them numbers, a regression. */
function targetsOf(name, cells) {
  const names = [...new Set(cells)];
  if (names.length > MOST_CLASSES && cells.every(isNumeric)) return { y: cells.map(Number), classes: [] };
  if (names.length < 2 || names.length > MOST_CLASSES) {
    throw new TableError(
      `${name}: the last column has ${names.length} classes; 2 to ${MOST_CLASSES} can be told apart.`,
    );
  }
  const rank = (cell) => (isNumeric(cell) ? Number(cell) : Infinity);
  const classes = names.sort((a, b) => (rank(a) === rank(b) ? (a < b ? -1 : 1) : rank(a) - rank(b)));
  return { y: cells.map((cell) => classes.indexOf(cell)), classes };
}

/** Where painting begins: a sample of each of two classes on an empty plane. */
export function emptyPlane() {
  const X = [
    [-0.5, 0],
    [0.5, 0],
  ];
  return { ...dataSet("painted", X, [0, 1], ["x1", "x2"], ["0", "1"]), bounds: { x: [-1, 1], y: [-1, 1] } };
}

/** The same with one more sample, at thousandths of the plane; classes that it needs are added. */
export function withSample(set, point, k) {
  const x = point.map((v) => Math.round(1000 * v) / 1000);
  const classes = Array.from({ length: Math.max(set.classes.length, k + 1) }, (_, i) => String(i));
  return { ...set, X: [...set.X, x], y: [...set.y, k], classes };
}

function dataSet(title, X, y, features, classes) {
  return { title, X, y, features, classes, noisy: "", noise: 0, code: "", standardized: false };
}

/** A data set as the text of a table, which `readTable` reads. */
export function tableText({ X, y, features, classes }) {
  const quoted = (text) => (/[",;\t\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  const head = [...features.map(quoted), "class"];
  const rows = X.map((x, i) => [...x, classes.length ? quoted(classes[y[i]]) : y[i]]);
  return [head, ...rows].map((cells) => cells.join(",")).join("\n");
}

/**
 * The rows of a table that have something in them, { number: of the line, cells }, by RFC 4180: a cell in quotes may
 * hold separators, line breaks, and "" for a quote. `unread`: the line at which it can't be read on, or 0.
 */
function rowsOf(text, mark) {
  const cell = new RegExp(` *(?:"((?:[^"]|"")*)" *|([^"${mark}\n][^${mark}\n]*)?)(${mark}|\n|$)`, "gy");
  const rows = [];
  let [cells, first, line, end] = [[], 1, 1, 0];
  for (const [whole, quoted, plain = "", behind] of text.matchAll(cell)) {
    cells.push(quoted === undefined ? plain.trim() : quoted.replaceAll('""', '"'));
    end += whole.length;
    line += whole.split("\n").length - 1;
    if (behind === mark) continue;
    if (cells.some((one) => one !== "")) rows.push({ number: first, cells });
    [cells, first] = [[], line];
  }
  return { rows, unread: end < text.length ? line : 0 };
}

function isNumeric(cell) {
  return cell !== "" && Number.isFinite(Number(cell));
}
