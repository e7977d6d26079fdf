import assert from "node:assert/strict";
import test from "node:test";
import { mapOfPart } from "../../autograd/view/assets/part_map.js";

/** a → b → c, with b and c in part 0 and a outside it; c's box stands left of b's, so that their arrow goes back. */
function trace() {
  const node = (index, parents) => ({
    index,
    parents,
    kind: "result",
    label: `m.${"abc"[index]}`,
    module: 0,
    name: "abc"[index],
  });
  return {
    nodes: [node(0, []), node(1, [0]), node(2, [1, 1])],
    part: [-1, 0, 0],
    levels: [{ name: "layers" }],
    parts: [
      {
        title: "m",
        in: -1,
        size: [300, 100],
        frames: [],
        boxes: [
          [null, 0, 50, 40, 40],
          [1, 200, 50, 40, 40],
          [2, 100, 50, 40, 40, 10],
        ],
      },
    ],
  };
}

test("a part shows what is in it, and one box for all else", () => {
  const map = mapOfPart(trace(), 0);
  assert.deepEqual(
    map.boxes.map(({ name }) => name),
    ["elsewhere", "b", "c"],
  );
  assert.deepEqual(map.place, [0, 1, 2]);
  assert.equal(map.note, "m: 2 nodes in 2 boxes; Backspace or ‹ goes back");
});

test("each operand slot has an arrow, but one in all at a folded box", () => {
  const ends = mapOfPart(trace(), 0).arrows.map((arrow) => arrow.ends.join(" "));
  assert.deepEqual(ends, ["0 1", "1 2", "1 2"]);
});

test("arrows side by side have heights of their own, and those going back lead over all boxes", () => {
  const { arrows, top } = mapOfPart(trace(), 0);
  const [, first, second] = arrows;
  assert.notEqual(first.y[0], second.y[0]);
  assert.match(first.d, /^M220 [\d.]+C270 [\d.]+ 270 -26 220 -26H71C/); // in the second lane: the first is another's
  assert.ok(top > 16);
});
