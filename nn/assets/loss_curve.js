// The loss by step, logarithmic where it can be, with a line at the step that is shown.

import { h, s } from "../../autograd/view/assets/dom.js";
import { formatBrief } from "../../autograd/view/assets/numbers.js";

const [WIDTH, HEIGHT] = [640, 120];
const LEFT = 70; // for the losses beside the axis

/** `loss`: pairs of a step and a loss, null where it was not finite. Returns { element, move(step) }. */
export function buildLossCurve(loss, lastStep) {
  const points = loss.filter(([, y]) => y !== null);
  const steps = points.map(([step]) => step);
  const values = points.map(([, y]) => y);
  const isLog = values.every((y) => y > 0);
  const heights = values.map((y) => (isLog ? Math.log10(y) : y));
  const [low, high] = [Math.min(...heights, Infinity), Math.max(...heights, -Infinity)];
  const [first, last] = [Math.min(0, ...steps), Math.max(1, ...steps, lastStep)];
  const px = (step) => (WIDTH * (step - first)) / (last - first);
  const py = (y) => 10 + ((HEIGHT - 20) * (high - y)) / (high - low || 1);
  const path = points.map(([step], i) => `${px(step)},${py(heights[i])}`).join(" ");
  const cursor = s("line", { class: "cursor", y1: 0, y2: HEIGHT });
  const tick = (text, x, y, anchor = "start") => s("text", { class: "tick", x, y, "text-anchor": anchor }, text);
  const svg = s(
    "svg",
    {
      class: "wide",
      viewBox: `${-LEFT} -4 ${LEFT + WIDTH + 6} ${HEIGHT + 28}`,
      role: "img",
      "aria-label": "loss of the batch by step",
    },
    s("rect", { class: "frame", width: WIDTH, height: HEIGHT }),
    s("polyline", { class: "loss", points: path }),
    cursor,
    tick(`step ${first}`, 0, HEIGHT + 18),
    tick(String(last), WIDTH, HEIGHT + 18, "end"),
    ...(values.length ? [high, low] : []).map((y) => tick(formatBrief(isLog ? 10 ** y : y, 2), -6, py(y) + 6, "end")),
  );
  const said = `loss of each step’s samples${isLog ? ", logarithmic" : ""}`;
  const caption = values.length ? said : "no steps were recorded";
  const move = (step) => {
    cursor.setAttribute("x1", px(step));
    cursor.setAttribute("x2", px(step));
  };
  return { element: h("figure", {}, svg, h("figcaption", {}, caption)), move };
}
