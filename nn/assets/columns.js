// Boxes in columns, arrows pointing right, frames around what belongs together; what is too wide goes on in a new row.

import { mean, range } from "../../autograd/view/assets/arrays.js";
import { Path } from "./path.js";

const [BOX_GAP, LANE_GAP, COLUMN_GAP, ROW_GAP] = [16, 9, 42, 24]; // px between boxes, beside a passing arrow, …
const [PADDING, TITLE] = [12, 28]; // px within a frame, and above, where its title is
const TIP = 9; // px of an arrow's head
const [FEW, TURN] = [16, 12]; // arrows that go on in the next row; px between them

/**
 * `items`: { width, height, frame (−1 for none), isFed (in its frame, do leaves stand before it?) };
 * `links`: [tail, head], as items; `frames`: the frame around each, or −1.
 * `width`: px that a row may take.
 * Returns { size, centres, arrows: [{ d, tip }], frames: [[x, y, width, height]] }.
 */
export function inColumns(items, links, frames, width) {
  const around = (frame) => (frame < 0 ? [] : [frame, ...around(frames[frame])]);
  const vertices = items.map((item) => ({ ...item, around: around(item.frame), before: [] }));
  assignColumns(vertices, links);
  const chains = chainsOf(vertices, links);
  const all = [...new Set([...vertices, ...chains.flatMap(({ stops }) => stops)])];
  const columns = range(1 + Math.max(...all.map(({ column }) => column))).map((c) => ({
    vertices: all.filter(({ column }) => column === c),
  }));
  const spans = frames.map((_, f) => spanOf(all.filter((vertex) => vertex.around.includes(f))));
  placeAcross(columns, spans);
  placeAlong(columns, spans);
  const rects = rectsOf(frames, columns);
  const rows = inRows(columns, spans, chains, rects, width);
  return {
    size: sizeOf(rows),
    centres: vertices.map(({ x, y }) => [x, y]),
    arrows: drawArrows(chains, columns, rows),
    frames: rects.map(([left, top, right, bottom]) => [left, top, right - left, bottom - top]),
  };
}

// ── columns ──

/** An item stands as late as its uses allow: before them, and, outside of a frame, before all that is in it. */
function assignColumns(vertices, links) {
  const heads = vertices.map(() => []);
  for (const [tail, head] of links) heads[tail].push(head);
  const assign = (v) => {
    const vertex = vertices[v];
    const skipped = (head) => Number(vertices[head].isFed && vertices[head].frame !== vertex.frame);
    vertex.column ??= Math.min(0, ...heads[v].map((head) => assign(head) - 1 - skipped(head)));
    return vertex.column;
  };
  const first = Math.min(...vertices.map((_, v) => assign(v)));
  for (const vertex of vertices) vertex.column -= first;
}

/** Of each link its `stops`: in a column that it passes a lane, shared by those from one tail into one frame. */
function chainsOf(vertices, links) {
  const lanes = new Map();
  return links.map(([t, h]) => {
    const [tail, head] = [vertices[t], vertices[h]];
    const stops = [tail];
    for (let column = tail.column + 1; column < head.column; column += 1) {
      const isWithin = head.isFed && column === head.column - 1;
      const { frame, around } = isWithin ? head : { frame: -1, around: [] };
      const key = `${t} ${column} ${frame}`;
      if (!lanes.has(key)) lanes.set(key, { width: 0, height: 0, frame, around, column, before: [] });
      stops.push(lanes.get(key));
    }
    stops.push(head);
    for (const [i, stop] of stops.slice(1).entries()) stop.before.push(stops[i]);
    return { stops };
  });
}

function spanOf(vertices) {
  const columns = vertices.map(({ column }) => column);
  return [Math.min(...columns), Math.max(...columns)];
}

// ── across ──

/** Column by column, each vertex beside what leads to it; what has no frame, below the frames in its column. */
function placeAcross(columns, spans) {
  const bottoms = spans.map(() => -Infinity);
  for (const [c, { vertices }] of columns.entries()) {
    const led = vertices.filter(({ before }) => before.length);
    const wishes = new Map(led.map((vertex) => [vertex, mean(vertex.before.map(({ y }) => y))]));
    const byWish = (a, b) => (wishes.get(a) ?? Infinity) - (wishes.get(b) ?? Infinity) || 0; // leaves last
    const framed = vertices.filter(({ frame }) => frame >= 0).sort((a, b) => a.frame - b.frame || byWish(a, b));
    const free = vertices.filter(({ frame }) => frame < 0).sort(byWish);
    stack(framed, wishes, -Infinity);
    for (const { around, y, height } of framed) {
      for (const f of around) bottoms[f] = Math.max(bottoms[f], y + height / 2);
    }
    const covering = bottoms.filter((_, f) => spans[f][0] <= c && c <= spans[f][1]);
    stack(free, wishes, Math.max(-Infinity, ...covering) + 2 * PADDING + BOX_GAP);
  }
}

/**
 * One below the other, where they wish to be or lower, lanes in a frame close together; below `top`, or else all moved
 * to where they wish to be on the mean.
 */
function stack(vertices, wishes, top) {
  let bottom = null;
  for (const [i, vertex] of vertices.entries()) {
    const above = vertices[i - 1];
    const least = above ? bottom + gap(above, vertex) + vertex.height / 2 : top + vertex.height / 2;
    const isFree = vertex.height > 0 || vertex.frame < 0;
    const wish = isFree && wishes.has(vertex) ? wishes.get(vertex) : -Infinity;
    vertex.y = Math.max(wish, least);
    if (vertex.y === -Infinity) vertex.y = 0;
    bottom = vertex.y + vertex.height / 2;
  }
  if (top > -Infinity) return;
  const wishing = vertices.filter((vertex) => wishes.has(vertex));
  const middle = vertices.length ? (vertices[0].y + vertices.at(-1).y) / 2 : 0;
  const off = wishing.length ? mean(wishing.map((vertex) => wishes.get(vertex) - vertex.y)) : -middle;
  for (const vertex of vertices) vertex.y += off;
}

/** Between two neighbours in a column: room for the frames that end and begin between them. */
function gap(above, below) {
  const ends = above.around.filter((f) => !below.around.includes(f)).length;
  const begins = below.around.filter((f) => !above.around.includes(f)).length;
  const rest = above.height && below.height ? BOX_GAP : LANE_GAP;
  return rest + ends * PADDING + begins * TITLE;
}

// ── along ──

/** Gives each column its left and right side: more room between two that many arrows join. */
function placeAlong(columns, spans) {
  let right = 0;
  for (const [c, column] of columns.entries()) {
    const { vertices } = column;
    const depth = (side) => (vertex) => vertex.around.filter((f) => spans[f][side] === c).length;
    const begins = Math.max(...vertices.map(depth(0)));
    const joined = vertices.reduce((sum, { before }) => sum + before.length, 0);
    column.left = right + begins * PADDING + (c ? COLUMN_GAP + 4 * Math.sqrt(joined) : 0);
    column.right = column.left + Math.max(...vertices.map(({ width }) => width));
    for (const vertex of vertices) {
      vertex.x = vertex.before.length ? (column.left + column.right) / 2 : column.right - vertex.width / 2;
    }
    right = column.right + Math.max(...vertices.map(depth(1))) * PADDING;
    column.end = right;
  }
}

/** [left, top, right, bottom] of each frame; one comes after the one around it. */
function rectsOf(frames, columns) {
  const inside = frames.map(() => []);
  for (const { vertices } of columns) {
    const framed = vertices.filter(({ frame }) => frame >= 0);
    const [left, , right] = hull(framed.map(sidesOf)); // the same for all of a column
    for (const { frame, y, height } of framed) inside[frame].push([left, y - height / 2, right, y + height / 2]);
  }
  const rects = [];
  for (const f of range(frames.length).reverse()) {
    const [left, top, right, bottom] = hull(inside[f]);
    rects[f] = [left - PADDING, top - TITLE, right + PADDING, bottom + PADDING];
    if (frames[f] >= 0) inside[frames[f]].push(rects[f]);
  }
  return rects;
}

function hull(rects) {
  const side = (k, most) => most(...rects.map((rect) => rect[k]));
  return [side(0, Math.min), side(1, Math.min), side(2, Math.max), side(3, Math.max)];
}

// ── rows ──

/** Cuts what is too wide between columns, and moves everything to its place: [{ right, bottom, turning: chains }]. */
function inRows(columns, spans, chains, rects, width) {
  const crossing = columns.map((_, c) => chains.filter(({ stops }) => stops[0].column <= c && stops.at(-1).column > c));
  const begins = [0, ...cutsOf(columns, spans, crossing, width)];
  const rows = [];
  for (const [r, begin] of begins.entries()) {
    const end = begins[r + 1] ?? columns.length;
    const some = columns.slice(begin, end);
    const framed = rects.filter((_, f) => begin <= spans[f][0] && spans[f][0] < end);
    const [left, top, right, bottom] = hull([...framed, ...some.flatMap(({ vertices }) => vertices.map(sidesOf))]);
    const [dx, dy] = cornerBelow(rows.at(-1));
    move(some, framed, dx - left, dy - top);
    for (const column of some) column.row = r;
    rows.push({
      right: right + dx - left,
      bottom: bottom + dy - top,
      turning: end < columns.length ? crossing[end - 1] : [],
    });
  }
  return rows;
}

/** Where a row begins: below the one before, with room for the arrows that turn there. */
function cornerBelow(row) {
  if (!row) return [0, 0];
  const turns = row.turning.length * TURN;
  return [turns + 2 * TIP, row.bottom + 2 * ROW_GAP + turns];
}

function move(columns, rects, dx, dy) {
  for (const column of columns) {
    column.left += dx;
    column.right += dx;
    for (const vertex of column.vertices) Object.assign(vertex, { x: vertex.x + dx, y: vertex.y + dy });
  }
  for (const rect of rects) for (const k of range(4)) rect[k] += k % 2 ? dy : dx;
}

function sidesOf({ x, y, width, height }) {
  return [x - width / 2, y - height / 2, x + width / 2, y + height / 2];
}

/** The columns with which rows begin: as few rows as can be read, then through few arrows; none where that can't be. */
function cutsOf(columns, spans, crossing, width) {
  const isPossible = (c) => crossing[c - 1].length <= FEW && !spans.some(([begin, end]) => begin < c && c <= end);
  const best = [{ cuts: [], cost: 0 }]; // of the columns before each place
  for (const end of range(columns.length).map((c) => c + 1)) {
    const isEnd = end === columns.length;
    if (!isEnd && !isPossible(end)) continue;
    for (const [begin, before] of best.slice(0, end).entries()) {
      if (!before || columns[end - 1].end - columns[begin].left > width) continue;
      const cost = before.cost + 1000 + (isEnd ? 0 : crossing[end - 1].length);
      if (cost < (best[end]?.cost ?? Infinity)) best[end] = { cuts: isEnd ? before.cuts : [...before.cuts, end], cost };
    }
  }
  return best[columns.length]?.cuts ?? [];
}

function sizeOf(rows) {
  const turns = rows.map(({ right, turning }) => right + (turning.length ? TIP + turning.length * TURN : 0));
  return [Math.max(...turns), rows.at(-1).bottom];
}

// ── arrows ──

function drawArrows(chains, columns, rows) {
  const leave = portsOf(chains, 0, 1);
  const arrive = portsOf(chains, -1, -2);
  const turns = rows.map((row, r) => turnsOf(row, r, columns));
  return chains.map((chain) => {
    const { stops } = chain;
    const [tail, head] = [stops[0], stops.at(-1)];
    const path = new Path(tail.x + tail.width / 2, tail.y + leave.get(chain));
    for (const [i, stop] of stops.slice(1).entries()) {
      const [from, to] = [columns[stops[i].column], columns[stop.column]];
      const y = stop.y + (stop === head ? arrive.get(chain) : 0);
      path.level(from.right);
      if (from.row !== to.row) path.turn(turns[from.row].get(chain), y);
      else path.curve(stop === head ? head.x - head.width / 2 - TIP : to.left, y);
    }
    const tip = [head.x - head.width / 2, head.y + arrive.get(chain)];
    return { d: path.upTo(tip[0] - TIP), tip: tip.map(Math.round) };
  });
}

/** Chain → where it meets its first box (end 0, next 1) or its last (−1, −2), below the middle; no two at one place. */
function portsOf(chains, end, next) {
  const places = new Map();
  for (const box of new Set(chains.map(({ stops }) => stops.at(end)))) {
    const some = chains.filter(({ stops }) => stops.at(end) === box);
    some.sort((a, b) => a.stops.at(next).y - b.stops.at(next).y);
    for (const [k, chain] of some.entries()) places.set(chain, 0.8 * box.height * ((k + 0.5) / some.length - 0.5));
  }
  return places;
}

/** Chain → how it gets from this row to the next: right, down, left; the highest outermost, so that few cross. */
function turnsOf({ right, bottom, turning }, row, columns) {
  const stopIn = (r, { stops }) => stops[stops.findLastIndex(({ column }) => columns[column].row <= r)];
  const firstIn = (r, { stops }) => stops.find(({ column }) => columns[column].row === r);
  const leaving = turning.toSorted((a, b) => stopIn(row, a).y - stopIn(row, b).y);
  const arriving = turning.toSorted((a, b) => firstIn(row + 1, a).y - firstIn(row + 1, b).y);
  const lane = (k) => (k + 0.5) * TURN;
  return new Map(
    turning.map((chain) => {
      const [out, into] = [leaving.indexOf(chain), arriving.indexOf(chain)];
      const n = turning.length - 1;
      return [
        chain,
        { right: right + TIP + lane(n - out), level: bottom + ROW_GAP + lane(n - out), left: lane(n - into) },
      ];
    }),
  );
}
