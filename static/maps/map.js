/* The map itself: its first view, its popups, its keys, what a page may ask of it. The background, the land and the
   places are in their own files. Pages work without any of them: the list says the same. */
"use strict";

const mesh = (() => {
  const MAINLAND = [[41.4, -4.9], [51.1, 9.3]];
  const NEUTRAL = "#6b7480";
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const states = new WeakMap();
  // Before any map is made: Leaflet reads these once.
  if (still) L.Map.mergeOptions({ zoomAnimation: false, fadeAnimation: false, markerZoomAnimation: false, inertia: false });

  const stateOf = (map) => states.get(map);
  const colour = (text) => (/^#[0-9a-f]{6}$/i.test(text || "") ? text : NEUTRAL);

  async function fetched(address) {
    const answer = await fetch(address);
    if (!answer.ok) throw new Error(`${answer.status} ${address}`);
    return answer;
  }

  const read = async (address) => (await fetched(address)).json();

  // Between two pieces of work the browser may answer whoever uses the page.
  const pause = () => new Promise((resolve) => setTimeout(resolve));

  /* As the page's language writes it; the browser's own formatter takes longer to wake than a map to draw. */
  function spelled(count) {
    const space = document.documentElement.lang === "en" ? "," : "\u202f";
    return String(count).replace(/\B(?=(\d{3})+$)/g, space);
  }

  /* Text only ever becomes text. */
  function make(tag, text, attributes = {}) {
    const element = document.createElement(tag);
    if (text) element.textContent = text;
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    return element;
  }

  function titled(text, address) {
    const box = make("div", "", { class: "map-popup" });
    const title = make("h2");
    title.append(address ? make("a", text, { href: address }) : text);
    if (!address) title.tabIndex = -1;
    box.append(title);
    return box;
  }

  function begin(map, words) {
    const element = map.getContainer();
    const { query = "", programme = "fablab", zone = "", place = "", plan = "", reach = "", circle = "" } = element.dataset;
    // With what belongs to the map and is no part of it: what is told of it comes after both.
    const stand = element.closest(".map-frame") || element;
    const state = { words, element, stand, query, programme, zone, plan, reach, circle, own: place, waiting: [], links: [] };
    states.set(map, state);
    map.attributionControl.setPrefix(false);
    map.attributionControl.addAttribution("IGN · INSEE · Leaflet");
    name(element.querySelector(".leaflet-control-zoom-in"), words.zoom_in);
    name(element.querySelector(".leaflet-control-zoom-out"), words.zoom_out);
    const first = element.dataset.view || element.dataset.seen || "";
    if (reach && !first) lookAround(map, reach, false);
    else look(map, first, { animate: false });
    if ("fixed" in element.dataset) map.scrollWheelZoom.disable();
    map.createPane("zones").style.zIndex = 250;
    map.createPane("links").style.zIndex = 350;
    drawCircle(map);
    drawSpot(map);
    map.on("popupclose", (event) => giveFocusBack(event.popup));
    map.on("moveend", () => tellView(map));
    takeKeys(map);
  }

  function name(control, text) {
    if (!control) return;
    control.title = text;
    control.setAttribute("aria-label", text);
    // One stop of the tab key is enough for a map: + and - do the same.
    control.tabIndex = -1;
  }

  /* --- keys: one stop; Enter goes in, arrows from mark to mark, Escape comes out --------------------------------- */

  function takeKeys(map) {
    const { element, words } = stateOf(map);
    const help = make("p", words.help, { class: "map-help", id: `${element.id}-help` });
    element.append(help);
    element.setAttribute("role", "application");
    element.setAttribute("aria-roledescription", words.map);
    element.setAttribute("aria-describedby", help.id);
    element.addEventListener("keydown", (event) => {
      if (event.altKey || event.ctrlKey || event.metaKey) return;
      const mark = event.target.closest(".map-mark, .map-cluster");
      const done = event.key === "Escape" ? leave(map, mark) : mark ? onMark(map, mark, event.key) : onMap(map, event);
      if (!done) return;
      event.preventDefault();
      event.stopPropagation();
    });
  }

  function leave(map, mark) {
    const state = stateOf(map);
    const popup = state.element.querySelector(".leaflet-popup");
    if (popup) map.closePopup();
    else if (state.panel) mesh.closePanel(map);
    else if (mark) state.element.focus({ preventScroll: true });
    else return false;
    return true;
  }

  function onMap(map, event) {
    const state = stateOf(map);
    if (event.target !== state.element || event.key !== "Enter") return false;
    const first = nearestMark(state.element, map.getSize().divideBy(2));
    if (first) first.focus({ preventScroll: true });
    return Boolean(first);
  }

  const AHEAD = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

  function onMark(map, mark, key) {
    if (key === "Enter" || key === " ") mesh.openMark(map, mark);
    else if (key === "+" || key === "=") map.zoomIn();
    else if (key === "-") map.zoomOut();
    else if (AHEAD[key]) step(map, mark, AHEAD[key]);
    else return false;
    return true;
  }

  function spotOf(frame, mark) {
    const box = mark.getBoundingClientRect();
    const own = frame.getBoundingClientRect();
    return L.point(box.left - own.left + box.width / 2, box.top - own.top + box.height / 2);
  }

  function nearestMark(frame, spot, fits = () => true) {
    let best = null;
    let least = Infinity;
    for (const mark of frame.querySelectorAll(".map-mark, .map-cluster")) {
      const there = spotOf(frame, mark);
      const far = fits(there) ? there.distanceTo(spot) : Infinity;
      if (far < least) [best, least] = [mark, far];
    }
    return best;
  }

  /* The nearest of those in that direction; where there is none, the map moves on by itself. */
  function step(map, mark, [right, down]) {
    const { element } = stateOf(map);
    const here = spotOf(element, mark);
    const ahead = (spot) => {
      const by = spot.subtract(here);
      const along = by.x * right + by.y * down;
      return along > 1 && along >= Math.abs(by.x * down) + Math.abs(by.y * right);
    };
    const next = nearestMark(element, here, ahead);
    if (!next) {
      map.panBy([right * 120, down * 120], { animate: !still });
      return;
    }
    next.focus({ preventScroll: true });
    const spot = spotOf(element, next);
    const size = map.getSize();
    if (spot.x < 30 || spot.y < 30 || spot.x > size.x - 30 || spot.y > size.y - 30) {
      map.panTo(map.containerPointToLatLng(spot), { animate: !still });
    }
  }

  /* --- popups -------------------------------------------------------------------------------------------------- */

  /* What stands on the map is above all that moves with it: a popup goes beside it, or above it on a small map. */
  function clearOfButtons(map) {
    const { element, stand } = stateOf(map);
    const frame = element.getBoundingClientRect();
    let [left, bottom] = [24, 24];
    for (const part of stand.querySelectorAll(".leaflet-control-zoom, .insets")) {
      const box = part.getBoundingClientRect();
      if (!box.width || box.top >= frame.bottom) continue;
      if (box.height >= box.width && frame.right - box.right > 380) left = Math.max(left, box.right - frame.left + 8);
      else if (box.top > frame.top + frame.height / 2) bottom = Math.max(bottom, frame.bottom - box.top + 8);
    }
    return { autoPanPaddingTopLeft: [left, 24], autoPanPaddingBottomRight: [24, bottom] };
  }

  /* `back`: gives the element that gets the focus when the popup closes; without it, focus stays where it is. */
  function openPopup(map, where, content, { back, offset = [0, 0] } = {}) {
    const popup = stateOf(map).popup = L.popup({ minWidth: 190, maxWidth: 280, maxHeight: Math.max(160, Math.min(360, map.getSize().y - 72)), offset, back, ...clearOfButtons(map) })
      .setLatLng(where)
      .setContent(content)
      .openOn(map);
    const frame = popup.getElement();
    frame.setAttribute("role", "dialog");
    frame.setAttribute("aria-label", content.querySelector("h2").textContent);
    const close = frame.querySelector(".leaflet-popup-close-button");
    name(close, stateOf(map).words.close);
    close.removeAttribute("tabindex");
    if (back) (content.querySelector("h2 a") || content.querySelector("h2")).focus({ preventScroll: true });
  }

  /* The one that is open. */
  const popupOf = (map) => stateOf(map).popup;

  /* Only from a popup that had it: a click elsewhere has chosen its own focus. */
  function giveFocusBack(popup) {
    const held = document.activeElement;
    const box = popup.getElement();
    const had = held === document.body || (box && box.contains(held));
    const target = had && popup.options.back && popup.options.back();
    if (target && target.isConnected) target.focus({ preventScroll: true });
  }

  /* --- what the page may ask, and is told ------------------------------------------------------------------------ */

  function end(map) {
    const state = stateOf(map);
    const element = state.element;
    Promise.allSettled(state.waiting).then((results) => {
      element.dataset.drawn = "yes";
      if (results.some((result) => result.status === "rejected")) say(state, state.words.failure);
    });
    element.mesh = {
      show: (slug, from) => mesh.showPlace(map, slug, from).catch(() => say(state, state.words.lost)),
      light: (slug) => mesh.lightPlace(map, slug),
      look: (where) => look(map, where),
      view: () => viewOf(map),
      zone: (slug, from) => mesh.openPanel(map, slug, from),
      filter: (filter) =>
        filterBy(map, filter).catch(() => {
          state.query = null;
          say(state, state.words.failure);
        }),
    };
    new ResizeObserver(() => map.invalidateSize({ animate: false })).observe(element);
    element.dispatchEvent(new CustomEvent("mesh:ready", { bubbles: true }));
    tellView(map);
  }

  /* For a list in step with what is in view. */
  function tellView(map) {
    stateOf(map).element.dispatchEvent(new CustomEvent("mesh:view", { bubbles: true }));
  }

  /* As addresses write it: west, south, east, north. */
  function viewOf(map) {
    const bounds = map.getBounds();
    const sides = [bounds.getWest(), bounds.getSouth(), bounds.getEast(), bounds.getNorth()];
    return sides.map((degrees) => Number(degrees.toFixed(4))).join();
  }

  function say(state, text) {
    if (state.said) state.said.remove();
    state.said = make("p", text, { class: "note bad", role: "alert" });
    state.stand.insertAdjacentElement("afterend", state.said);
  }

  /* `where`: "latitude,longitude,zoom", "west,south,east,north", or anything else for the mainland. */
  function look(map, where, { animate = !still } = {}) {
    const numbers = where.split(",").map(Number);
    const [west, south, east, north] = numbers;
    if (!numbers.every(Number.isFinite) || numbers.length < 3) lookAtMainland(map, animate);
    else if (numbers.length === 3) map.setView([numbers[0], numbers[1]], numbers[2], { animate });
    // A little less: rounded, the view of a map of this very size would not fit in it any more.
    else map.fitBounds(L.latLngBounds([south, west], [north, east < west ? east + 360 : east]).pad(-0.01), { animate });
  }

  /* A few pixels too narrow, as on the smallest telephones, is no reason to show it at half its size. */
  function lookAtMainland(map, animate) {
    map.fitBounds(MAINLAND, { padding: [-6, -6], animate });
  }

  /* A single place is shown with what is around it. */
  function lookAround(map, reach, animate) {
    const [west, south, east, north] = reach.split(",").map(Number);
    map.fitBounds([[south, west], [north, east]], { padding: [28, 28], maxZoom: 11, animate });
  }

  /* A point that is no place, or not yet. */
  function drawSpot(map) {
    const [latitude, longitude] = (map.getContainer().dataset.spot || "").split(",").map(Number);
    if (!Number.isFinite(longitude)) return;
    const style = { pane: "markerPane", interactive: false, radius: 12, weight: 4, fillOpacity: 0, className: "map-spot" };
    L.circleMarker([latitude, longitude], style).addTo(map);
  }

  /* What is searched around a commune. */
  function drawCircle(map) {
    const state = stateOf(map);
    if (state.ring) state.ring.remove();
    const [latitude, longitude, km] = state.circle.split(",").map(Number);
    if (!Number.isFinite(km)) return;
    const style = { pane: "zones", interactive: false, weight: 1.5, color: NEUTRAL, dashArray: "6 6", fillOpacity: 0.06 };
    state.ring = L.circle([latitude, longitude], { radius: km * 1000, ...style }).addTo(map);
  }

  const PLACED = ["autour", "rayon", "departement", "q"];

  /* Does another part of the country count now? */
  function isElsewhere(former, query) {
    const [before, after] = [former || "", query].map((text) => new URLSearchParams(text));
    return PLACED.some((each) => before.getAll(each).join() !== after.getAll(each).join());
  }

  /* The map goes where the filter is, and stays where somebody put it as long as something found is in view. At once:
     Leaflet heeds no second journey during a first, and who types a name changes it at each letter. */
  function follow(map, { former, reach, leaves }) {
    const state = stateOf(map);
    if (reach === null || state.zone && !reach) return;
    const moved = isElsewhere(former, state.query);
    if (reach) {
      const [west, south, east, north] = reach.split(",").map(Number);
      if (moved || leaves || !map.getBounds().intersects([[south, west], [north, east]])) lookAround(map, reach, false);
    } else if (moved || leaves) look(map, "mainland", { animate: false });
  }

  async function filterBy(map, { query, programme, zone, plan = "", reach = "", circle = "" }) {
    const state = stateOf(map);
    const former = state.query;
    const leaves = state.zone && !zone;
    const isSame = former === query && (!plan || state.plan === plan);
    Object.assign(state, { query, programme, zone, plan, circle, reach: reach || "" });
    if (isSame) return;
    map.closePopup();
    mesh.colourLand(map);
    drawCircle(map);
    follow(map, { former, reach, leaves });
    if (zone && "panel" in state.element.dataset) mesh.openPanel(map, zone);
    else mesh.closePanel(map);
    await mesh.drawPlaces(map);
    if (state.said) state.said.remove();
  }

  return { NEUTRAL, still, stateOf, colour, fetched, read, pause, spelled, make, titled, openPopup, popupOf, nearestMark, spotOf, begin, end };
})();
