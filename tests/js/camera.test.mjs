import assert from "node:assert/strict";
import test from "node:test";
import * as camera from "../../autograd/view/assets/camera.js";

const room = { width: 850, height: 450 };

test("a drawing fits with room for rings around it", () => {
  assert.equal(camera.scaleToFit([1600, 100], room), 0.5);
  assert.equal(camera.scaleToFit([100, 800], room), 0.5);
});

test("zooming ends at six times, and where the whole drawing is on the stage", () => {
  assert.equal(camera.limited(0.001, 0.5), 0.5);
  assert.equal(camera.limited(0.7, 0.5), 0.7);
  assert.equal(camera.limited(0.001, 1.8), 1);
  assert.equal(camera.limited(99, 0.5), 6);
});

test("a view leaves no part of the stage unused", () => {
  const drawing = [0, 0, 2000, 400];
  assert.deepEqual(camera.viewAt([1000, 0], 1, drawing, room), { k: 1, x: -575, y: 25 });
  assert.deepEqual(camera.viewAt([0, 0], 1, drawing, room), { k: 1, x: 25, y: 25 });
  assert.deepEqual(camera.viewAt([2000, 0], 1, drawing, room), { k: 1, x: -1175, y: 25 });
});

test("zooming keeps the point under the pointer where it is", () => {
  const view = { x: 10, y: 20, k: 1 };
  const { x, y, k } = camera.zoomed(view, 2, [110, 70]);
  assert.deepEqual([(110 - x) / k, (70 - y) / k], [(110 - view.x) / view.k, (70 - view.y) / view.k]);
});

test("a box is on the stage only as a whole", () => {
  const view = { x: 0, y: 0, k: 1 };
  assert.equal(camera.holds(view, room, [100, 100, 150, 50]), true);
  assert.equal(camera.holds(view, room, [95, 100, 150, 50]), false);
  assert.equal(camera.holds(view, room, [100, 440, 150, 50]), false);
});

test("the camera aims at what can be read together, else at what matters most", () => {
  const at = (x) => [x, 100, 100, 50];
  const scales = { readable: 1, legible: 0.75 };
  const aimed = (...xs) => camera.aim(xs.map(at), scales, room);
  assert.deepEqual(aimed(100, 300, 500), { box: [300, 100, 500, 50], k: 1 });
  assert.deepEqual(aimed(100, 300, 5000), { box: [200, 100, 300, 50], k: 1 });
  assert.deepEqual(aimed(100, 1000), { box: [550, 100, 1000, 50], k: 0.8 }); // smaller, but both
  assert.deepEqual(aimed(100, 5000), { box: at(100), k: 1 });
});
