/* Pages that were seen, and the last list, for when there is no network. Before this text stands SHELL, what is kept
   ready from the start. Pages are asked of the network first, always; nothing is kept that a person signed in for. */
"use strict";

const SHELL_CACHE = `shell-${digest(SHELL.join())}`;
const PAGES = "pages-1";
const ASSETS = "assets-1";
const DATA = "data-1";
const TILES = "tiles-1";
const MOST = { [PAGES]: 60, [ASSETS]: 120, [DATA]: 40, [TILES]: 150 };
const HOME = /^\/(en\/)?$/;
const KEPT = /^\/(en\/)?((agenda|chercher|a-propos|donnees)?$|(projets|appels|zones|statistiques)\/[^.]*$|(lieux|evenements)\/(?!proposer$)[^./]+$)/;
const LAST_LIST = "derniere-liste";

function digest(text) {
  let number = 5381;
  for (const char of text) number = ((number * 33) ^ char.charCodeAt(0)) >>> 0;
  return number.toString(36);
}

addEventListener("install", (event) => {
  event.waitUntil(
    caches
      .open(SHELL_CACHE)
      .then((cache) => cache.addAll(SHELL.map((path) => new Request(path, { cache: "reload" }))))
      .then(() => skipWaiting()),
  );
});

addEventListener("activate", (event) => {
  event.waitUntil(forgetOlder().then(() => clients.claim()));
});

async function forgetOlder() {
  const names = await caches.keys();
  const older = names.filter((name) => ![SHELL_CACHE, PAGES, ASSETS, DATA, TILES].includes(name));
  await Promise.all(older.map((name) => caches.delete(name)));
}

addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== location.origin || request.headers.has("range")) return;
  if (url.pathname.startsWith("/static/")) {
    event.respondWith(answerAsset(event, request));
  } else if (isPage(request)) {
    event.respondWith(answerPage(event, request, url));
  } else if (/^\/(en\/)?(carte|images|tuiles)\//.test(url.pathname)) {
    event.respondWith(answerData(event, request));
  }
});

/* The first page is there before this is: it tells what it was made of. */
addEventListener("message", (event) => {
  const { seen, assets } = event.data || {};
  if (typeof seen !== "string" || !Array.isArray(assets)) return;
  event.waitUntil(Promise.all([keepSeen(seen), ...assets.slice(0, 60).map(keepAsset)]));
});

async function keepSeen(address) {
  const url = new URL(address, location.origin);
  if (url.origin !== location.origin) return;
  const request = new Request(url.href, { headers: { Accept: "text/html" } });
  await keepPage(request, await fetch(request).catch(() => null), url);
}

async function keepAsset(address) {
  const url = new URL(address, location.origin);
  if (url.origin !== location.origin || !url.pathname.startsWith("/static/")) return;
  const request = new Request(url.href);
  if (!(await caches.match(request))) await keep(ASSETS, request, await fetch(request).catch(() => null));
}

/* What a script fetches for a page that is open is a page too. */
function isPage(request) {
  return request.mode === "navigate" || (request.headers.get("accept") || "").startsWith("text/html");
}

async function answerAsset(event, request) {
  const known = await caches.match(request);
  if (known) return known;
  const answer = await fetch(request);
  event.waitUntil(keep(ASSETS, request, answer.clone()));
  return answer;
}

/* What the map is made of, and pictures. */
async function answerData(event, request) {
  try {
    const answer = await fetch(request);
    // Of tiles there are many: those of one afternoon are not to push the land out.
    const isTile = new URL(request.url).pathname.includes("/tuiles/");
    event.waitUntil(keep(isTile ? TILES : DATA, request, answer.clone()));
    return answer;
  } catch (error) {
    const known = await caches.match(request, { ignoreVary: true });
    if (known) return known;
    throw error;
  }
}

async function answerPage(event, request, url) {
  try {
    const answer = await fetch(request);
    event.waitUntil(keepPage(request, answer.clone(), url));
    return answer;
  } catch (error) {
    return (await findSeen(url)) || (request.mode === "navigate" ? findOffline(url) : Promise.reject(error));
  }
}

async function findSeen(url) {
  const cache = await caches.open(PAGES);
  const exact = await cache.match(url.pathname + url.search, { ignoreVary: true });
  return exact || (HOME.test(url.pathname) && !url.search ? cache.match(lastList(url), { ignoreVary: true }) : undefined);
}

async function findOffline(url) {
  const path = url.pathname.startsWith("/en/") ? "/en/hors-ligne" : "/hors-ligne";
  return (await caches.match(path, { ignoreVary: true })) || Response.error();
}

function lastList(url) {
  return `${url.pathname}?${LAST_LIST}`;
}

async function keepPage(request, answer, url) {
  if (!answer || !KEPT.test(url.pathname) || answer.redirected) return;
  if (!(answer.headers.get("content-type") || "").startsWith("text/html")) return;
  const copy = HOME.test(url.pathname) ? answer.clone() : null;
  await keep(PAGES, url.pathname + url.search, answer);
  if (copy) await keep(PAGES, lastList(url), copy);
}

async function keep(name, key, answer) {
  if (!answer || !answer.ok || answer.type !== "basic") return;
  if (/no-store|private/.test(answer.headers.get("cache-control") || "")) return;
  const cache = await caches.open(name);
  // Anew at the end of the row: the oldest goes first.
  await cache.delete(key, { ignoreVary: true });
  await cache.put(key, answer);
  const keys = await cache.keys();
  await Promise.all(keys.slice(0, Math.max(0, keys.length - MOST[name])).map((each) => cache.delete(each, { ignoreVary: true })));
}
