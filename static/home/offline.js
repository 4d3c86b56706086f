/* Has the browser keep what was seen for when it is offline: see service-worker.js. */
"use strict";

if ("serviceWorker" in navigator) {
  addEventListener("load", async () => {
    try {
      const wasThere = Boolean(navigator.serviceWorker.controller);
      await navigator.serviceWorker.register("/service-worker.js", { scope: "/", updateViaCache: "none" });
      const { active } = await navigator.serviceWorker.ready;
      if (wasThere) return;
      const assets = performance.getEntriesByType("resource").map((entry) => entry.name);
      active.postMessage({ seen: location.href, assets });
    } catch {
      // Refused by the browser or its owner: the site does without.
    }
  });
}
