/* The map itself: its first view, its popups, what a page may ask of it. The land and the places are in their own files.
   Pages work without any of them: the list says the same. */
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

  async function read(address) {
    const answer = await fetch(address, { credentials: "omit" });
    if (!answer.ok) throw new Error(`${answer.status} ${address}`);
    return answer.json();
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
    title.append(make("a", text, { href: address }));
    box.append(title);
    return box;
  }

  function begin(map, words) {
    const element = map.getContainer();
    const { query = "", programme = "fablab", zone = "", place = "" } = element.dataset;
    const state = { words, element, query, programme, zone, own: place, markers: new Map(), waiting: [] };
    states.set(map, state);
    map.attributionControl.setPrefix(false);
    map.attributionControl.addAttribution("IGN · INSEE · Leaflet");
    name(element.querySelector(".leaflet-control-zoom-in"), words.zoom_in);
    name(element.querySelector(".leaflet-control-zoom-out"), words.zoom_out);
    const view = (element.dataset.view || "").split(",").map(Number);
    if (view.length === 3 && view.every(Number.isFinite)) map.setView([view[0], view[1]], view[2], { animate: false });
    else map.fitBounds(MAINLAND, { animate: false });
    if ("fixed" in element.dataset) map.scrollWheelZoom.disable();
    map.createPane("zones").style.zIndex = 250;
    map.createPane("links").style.zIndex = 350;
    map.on("popupclose", (event) => giveFocusBack(event.popup));
    element.addEventListener("keydown", (event) => {
      if (event.key === "Escape") map.closePopup();
    });
  }

  function hasTiles(map) {
    let found = false;
    map.eachLayer((layer) => {
      found = found || layer instanceof L.TileLayer;
    });
    return found;
  }

  function name(control, text) {
    if (!control) return;
    control.title = text;
    control.setAttribute("aria-label", text);
  }

  /* --- popups -------------------------------------------------------------------------------------------------- */

  /* `back`: gives the element that gets the focus when the popup closes; without it, focus stays where it is. */
  function openPopup(map, where, content, { back, offset = [0, 0] } = {}) {
    const popup = L.popup({ minWidth: 190, maxWidth: 280, offset, back, autoPanPadding: [24, 24] })
      .setLatLng(where)
      .setContent(content)
      .openOn(map);
    const close = popup.getElement().querySelector(".leaflet-popup-close-button");
    name(close, stateOf(map).words.close);
    if (back) content.querySelector("a").focus({ preventScroll: true });
  }

  /* Only from a popup that had it: a click elsewhere has chosen its own focus. */
  function giveFocusBack(popup) {
    const held = document.activeElement;
    const box = popup.getElement();
    const had = held === document.body || (box && box.contains(held));
    const target = had && popup.options.back && popup.options.back();
    if (target && target.isConnected) target.focus({ preventScroll: true });
  }

  /* --- what the page may ask ----------------------------------------------------------------------------------- */

  function end(map) {
    const state = stateOf(map);
    const element = state.element;
    Promise.allSettled(state.waiting).then((results) => {
      element.dataset.drawn = "yes";
      if (results.some((result) => result.status === "rejected")) sayFailure(state);
    });
    element.mesh = {
      show: (slug, from) => mesh.showPlace(map, slug, from),
      light: (slug) => mesh.lightPlace(map, slug),
      look: (where) => look(map, where),
      filter: (filter) =>
        filterBy(map, filter).catch(() => {
          state.query = null;
          sayFailure(state);
        }),
    };
    new ResizeObserver(() => map.invalidateSize({ animate: false })).observe(element);
    element.dispatchEvent(new CustomEvent("mesh:ready", { bubbles: true }));
  }

  function sayFailure(state) {
    if (state.failure && state.failure.isConnected) return;
    state.failure = make("p", state.words.failure, { class: "note bad", role: "alert" });
    state.element.insertAdjacentElement("afterend", state.failure);
  }

  /* `where`: "latitude,longitude,zoom", or anything else for the mainland. */
  function look(map, where) {
    const [latitude, longitude, zoom] = where.split(",").map(Number);
    if (Number.isFinite(zoom)) map.setView([latitude, longitude], zoom, { animate: !still });
    else map.fitBounds(MAINLAND, { animate: !still });
  }

  async function filterBy(map, { query, programme, zone }) {
    const state = stateOf(map);
    const leavesZone = state.zone && !zone;
    const isSame = state.query === query;
    Object.assign(state, { query, programme, zone });
    if (isSame) return;
    map.closePopup();
    mesh.colourLand(map);
    if (leavesZone) look(map, "mainland");
    await mesh.drawPlaces(map);
    if (state.failure) state.failure.remove();
  }

  return { NEUTRAL, still, stateOf, colour, read, make, titled, openPopup, hasTiles, begin, end };
})();
