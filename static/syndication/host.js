// On the page of another site: gives the frames of the agenda the height of what they hold. Nothing is read, nothing kept.
(() => {
  const here = document.currentScript ? new URL(document.currentScript.src).origin : location.origin;
  addEventListener("message", (event) => {
    const height = event.origin === here && event.data && event.data.fablabmeshHeight;
    if (!Number.isFinite(height)) return;
    for (const frame of document.querySelectorAll("iframe")) {
      if (frame.contentWindow === event.source) frame.style.height = `${Math.min(Math.max(height, 120), 20000)}px`;
    }
  });
  // Those that were there first are asked to say it again.
  for (const frame of document.querySelectorAll("iframe")) {
    frame.contentWindow?.postMessage({ fablabmeshAsk: true }, "*");
  }
})();
