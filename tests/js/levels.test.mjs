import assert from "node:assert/strict";
import test from "node:test";
import { Levels } from "../../autograd/view/assets/levels.js";

/** Neurons 1 and 2 in layer 0; the finest level opens neurons, the coarsest the layer. */
function trace() {
  return {
    levels: [
      { name: "neurons", size: [900, 300], boxes: [{ opens: 1 }, { opens: 2 }, { opens: -1 }] },
      { name: "layers", size: [300, 100], boxes: [{ opens: 0 }] },
    ],
    parts: [
      { title: "layers[0]", in: -1 },
      { title: "neurons[0]", in: 0 },
      { title: "neurons[1]", in: 0 },
    ],
    part: [-1, 1, 1, 2],
  };
}

test("each level remembers the part that is open in it", () => {
  const levels = new Levels(trace());
  levels.part = 1;
  levels.choose(1);
  assert.ok(levels.isWhole);
  levels.choose(2); // after the last one the first
  assert.equal(levels.part, 1);
  levels.closeAll(0);
  assert.ok(levels.isWhole);
  assert.deepEqual(levels.path, []);
});

test("the way back leads through the parts around, or at once to the level that showed the box", () => {
  const levels = new Levels(trace());
  levels.part = 2;
  assert.equal(levels.leave(), 2);
  assert.equal(levels.part, -1);
  levels.choose(1);
  levels.part = 2;
  assert.deepEqual(levels.path, ["layers[0]", "neurons[1]"]);
  assert.deepEqual([levels.leave(), levels.part, levels.leave(), levels.part], [2, 0, 0, -1]);
});

test("a level that is a part is whole when that part is shown", () => {
  const levels = new Levels({ ...trace(), levels: [{ name: "stretches", part: 0 }] });
  assert.ok(levels.isWhole);
  levels.part = 1;
  assert.deepEqual([levels.isWhole, levels.path], [false, ["neurons[0]"]]);
});

test("the node to look at first is the one at work, where it is shown", () => {
  const levels = new Levels(trace());
  assert.equal(levels.nearest(3), 3);
  levels.part = 1;
  assert.equal(levels.nearest(2), 2);
  assert.equal(levels.nearest(3), 1);
});

test("the finest level that fits is shown first, the coarsest where none does", () => {
  const levels = new Levels(trace());
  assert.equal(
    levels.finest(([width]) => width < 1000),
    0,
  );
  assert.equal(
    levels.finest(([width]) => width < 500),
    1,
  );
  assert.equal(
    levels.finest(() => false),
    1,
  );
});
