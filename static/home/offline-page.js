/* Which pages can be read now, by their titles. */
"use strict";

/* « Online » only says that there is some network: a reload without an answer would undo a way somewhere else. */
async function reloadOnceReached() {
  const answer = await fetch(location.href, { method: "HEAD" }).catch(() => null);
  if (answer) location.reload();
}

(async () => {
  const again = document.querySelector("[data-again]");
  again.hidden = false;
  again.addEventListener("click", () => location.reload());
  addEventListener("online", reloadOnceReached);
  if (!("caches" in window) || !(await caches.has("pages-1"))) return;
  const cache = await caches.open("pages-1");
  const part = document.querySelector("[data-seen]");
  for (const request of (await cache.keys()).reverse()) {
    const url = new URL(request.url);
    if (url.search === "?derniere-liste") continue;
    const answer = await cache.match(request, { ignoreVary: true });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const link = document.createElement("a");
    link.href = url.pathname + url.search;
    link.textContent = page.title || link.href;
    const item = document.createElement("li");
    item.append(link);
    part.querySelector("ul").append(item);
    part.hidden = false;
  }
})();
