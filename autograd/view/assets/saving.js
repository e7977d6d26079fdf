// Taking it home: files, and the clipboard.

import { furnish, h, s } from "./dom.js";
import { isDark } from "./theme.js";

export function download(name, type, content) {
  const url = URL.createObjectURL(new Blob([content], { type }));
  h("a", { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

/** A copy of a graph's drawing: what a box of it, [x, y, width, height] with its centre, holds. */
export function copyOf(graph, box) {
  const [x, y, width, height] = box;
  graph.reveal(box);
  const svg = graph.svg.cloneNode(true);
  svg.firstChild.removeAttribute("transform");
  return furnish(svg, { viewBox: [x - width / 2, y - height / 2, width, height].join(" ") });
}

/** The graph on the stage as an SVG of its own: { text, width, height }. */
export function pictureOf(graph, root, css) {
  const { size, top } = graph;
  const [right, bottom] = size;
  const [width, height] = [right + 40, bottom + 80 + top];
  const centre = [right / 2, (bottom + 20 - top) / 2];
  const svg = furnish(copyOf(graph, [...centre, width, height]), {
    xmlns: "http://www.w3.org/2000/svg",
    class: "cg graph",
    "data-theme": isDark(root) ? "dark" : "light",
    width,
    height,
  });
  svg.prepend(s("style", {}, css), s("rect", { class: "paper", x: -20, y: -30 - top, width, height }));
  return { text: new XMLSerializer().serializeToString(svg), width, height };
}

/** Saves a picture as PNG, with two dots for each px. */
export function downloadPng(name, { text, width, height }) {
  const image = new Image();
  const canvas = h("canvas", { width: 2 * width, height: 2 * height });
  image.onload = () => {
    canvas.getContext("2d").drawImage(image, 0, 0, 2 * width, 2 * height);
    canvas.toBlob((blob) => download(name, "image/png", blob));
  };
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(text)}`;
}

/** In a sandboxed frame the clipboard's own interface does not work. */
export function copyText(text, root) {
  const field = h("textarea", {});
  const before = document.activeElement;
  field.value = text;
  root.append(field);
  field.select();
  document.execCommand("copy");
  field.remove();
  before.focus();
}
