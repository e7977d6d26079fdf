// A page in a frame of a notebook: what the frame's name or the script beside it (page.py) says, and what it is told.

/** Takes the theme of the notebook, and lets the frame be as high as the page. `home`: the page's element. */
export function followNotebook(home) {
  if (parent === window) return;
  // What is measured by the height of the page would grow with a frame that grows.
  home.style.setProperty("--frame-height", `${home.dataset.height}px`);
  if (name === "dark") home.dataset.theme = name; // "light" may be said of a notebook that follows the system
  addEventListener("message", ({ source, data }) => {
    if (source === parent && ["light", "dark"].includes(data.theme)) home.dataset.theme = data.theme;
  });
  parent.postMessage({ asks: "theme" }, "*");
  const say = () => {
    const height = Math.ceil(document.body.getBoundingClientRect().height);
    if (height && !document.fullscreenElement) parent.postMessage({ height }, "*");
  };
  new ResizeObserver(say).observe(document.body);
}
