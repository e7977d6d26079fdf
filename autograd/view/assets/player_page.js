// The player as a page of its own, which can save itself.

import { followNotebook } from "./frame.js";
import { printHandout } from "./handout.js";
import { Player } from "./player.js";
import { openLink } from "./sharing.js";

export function start(host, data, rules, updates) {
  const html = `<!DOCTYPE html>\n${document.documentElement.outerHTML}`;
  const css = document.querySelector("style").textContent;
  const player = new Player(host, data, { rules, updates, ownsPage: true, html, css });
  followNotebook(player.home);
  if (player.isAlone) printHandout(player);
  const open = () => openLink(player, location.hash);
  if (location.hash) open();
  addEventListener("hashchange", open);
  return player;
}
