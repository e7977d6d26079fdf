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

test("the camera aims at what can be read together, and leaves room for the markers of what cannot", () => {
  const at = (x) => [x, 100, 100, 50];
  const aimed = (...xs) => camera.aim(xs.map(at), 1, room);
  assert.deepEqual(aimed(100, 300, 500), { box: [300, 100, 500, 50], margin: 25 });
  assert.deepEqual(aimed(100, 300, 5000), { box: [200, 100, 300, 50], margin: 70 });
  assert.deepEqual(aimed(100, 1000), { box: at(100), margin: 70 }); // 1000 px do not fit into 800
  assert.deepEqual(aimed(100, 750, 5000), { box: at(100), margin: 70 }); // 750 do, but not beside a marker
});

test("the middle of the stage stays on the drawing, however far it is moved", () => {
  const drawing = [0, -40, 2000, 400];
  assert.deepEqual(camera.kept({ k: 1, x: 9e9, y: 5 }, drawing, room), { k: 1, x: 425, y: 5 });
  assert.deepEqual(camera.kept({ k: 2, x: -9e9, y: -9e9 }, drawing, room), { k: 2, x: 425 - 4000, y: 225 - 800 });
});

test("what the stage shows, put on the stage, is the stage", () => {
  const view = { x: -30, y: 70, k: 1.5 };
  assert.deepEqual(camera.onStage(view, camera.shown(view, room)), [425, 225, 850, 450]);
});

test("what is put on the stage is at the border, near where it belongs, and covers nothing while there is room", () => {
  const size = [80, 40];
  const put = (point, taken) => camera.claim(camera.alongBorder(point, size, room), size, taken);
  assert.deepEqual(put([0, 225], []), [45, 225 - (200 % 8)]);
  assert.deepEqual(put([850, 450], []), [805, 425]);
  const taken = [[805, 425, 90, 50, 1]];
  const beside = put([850, 450], taken);
  assert.ok(beside[0] === 805 || beside[1] === 425);
  assert.equal(camera.claim([beside], size, [taken[0]]), beside);
  assert.deepEqual(taken[1], [...beside, ...size, camera.HEAVY]); // which the next one avoids
  assert.notDeepEqual(put([850, 450], taken), beside);
});

test("where something has to be covered, it is what weighs least", () => {
  const places = [
    [0, 0],
    [100, 0],
    [200, 0],
  ];
  const taken = [
    [0, 0, 50, 50, camera.HEAVY],
    [100, 0, 50, 50, 2],
    [200, 0, 50, 50, 1],
  ];
  assert.deepEqual(camera.claim(places, [10, 10], [...taken]), [200, 0]);
});

test("a plate stands above its point, else below, and always on the stage", () => {
  const size = [100, 20];
  const put = (point, taken) => camera.claim(camera.aboveAndBelow(point, size, room), size, taken);
  assert.deepEqual(put([400, 200], []), [400, 186]);
  assert.deepEqual(put([400, 200], [[400, 186, 100, 20, 1]]), [400, 214]);
  assert.deepEqual(put([-99, -99], []), [55, 15]);
});
