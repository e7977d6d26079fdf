// The player as a page of its own, which can save itself.

import { Player } from "./player.js";

export function start(host, data) {
  const html = `<!DOCTYPE html>\n${document.documentElement.outerHTML}`;
  const css = document.querySelector("style").textContent;
  return new Player(host, data, { ownsPage: true, html, css });
}
