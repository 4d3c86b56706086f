/* Draws the map from the addresses that the composed script names. Pages work without it: the list says the same. */
"use strict";

const mesh = (() => {
  const SHAPES = {
    star: "M12 1.8l3 6.6 7.2.8-5.4 4.9 1.5 7.1L12 17.6l-6.3 3.6 1.5-7.1L1.8 9.2 9 8.4z",
    hexagon: "M12 2.4l8.3 4.8v9.6L12 21.6l-8.3-4.8V7.2z",
    circle: "M12 5.2a6.8 6.8 0 1 0 0 13.6 6.8 6.8 0 0 0 0-13.6z",
    diamond: "M12 1.6L22.4 12 12 22.4 1.6 12z",
  };
  const SHAPE_OF = { fablab: "hexagon", epn: "circle", pole: "diamond" };
  const MAINLAND = [[41.4, -4.9], [51.1, 9.3]];
  const NEUTRAL = "#6b7480";
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const states = new WeakMap();

  const stateOf = (map) => states.get(map);
  const colour = (text) => (/^#[0-9a-f]{6}$/i.test(text || "") ? text : NEUTRAL);

  async function read(address) {
    const answer = await fetch(address, { credentials: "omit" });
    if (!answer.ok) throw new Error(`${answer.status} ${address}`);
    return answer.json();
  }

  function make(tag, text, attributes = {}) {
    const element = document.createElement(tag);
    if (text) element.textContent = text;
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    return element;
  }

  /* --- the map itself ------------------------------------------------------------------------------------------ */

  function begin(map, words) {
    const element = map.getContainer();
    const state = {
      words,
      element,
      query: element.dataset.query || "",
      programme: element.dataset.programme || "fablab",
      zone: element.dataset.zone || "",
      markers: new Map(),
      waiting: [],
    };
    states.set(map, state);
    map.options.zoomAnimation = map.options.zoomAnimation && !still;
    map.attributionControl.setPrefix(false);
    map.attributionControl.addAttribution("IGN · INSEE · Leaflet");
    const view = (element.dataset.view || "").split(",").map(Number);
    if (view.length === 3 && view.every(Number.isFinite)) map.setView([view[0], view[1]], view[2], { animate: false });
    else map.fitBounds(MAINLAND, { animate: false });
    if ("fixed" in element.dataset) map.scrollWheelZoom.disable();
    map.createPane("zones").style.zIndex = 250;
    map.createPane("links").style.zIndex = 350;
    map.on("popupopen", (event) => focusInto(event.popup));
    element.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && state.popup) closePopup(map);
    });
  }

  function focusInto(popup) {
    const first = popup.getElement().querySelector("a, h2, h3");
    if (first && popup.options.takesFocus) first.focus({ preventScroll: true });
  }

  function closePopup(map) {
    const state = stateOf(map);
    const back = state.popupFrom;
    map.closePopup();
    state.popup = null;
    if (back && back.isConnected) back.focus({ preventScroll: true });
  }

  function openPopup(map, where, content, from, offset) {
    const state = stateOf(map);
    state.popupFrom = from;
    state.popup = L.popup({ maxWidth: 280, offset: offset || [0, 0], takesFocus: Boolean(from), autoPanPadding: [24, 24] })
      .setLatLng(where)
      .setContent(content)
      .openOn(map);
    const close = state.popup.getElement().querySelector(".leaflet-popup-close-button");
    if (close) close.setAttribute("aria-label", state.words.close);
  }

  /* --- departments, coloured by zone --------------------------------------------------------------------------- */

  async function departments(map, address, zonesAddress) {
    const state = stateOf(map);
    const ready = (async () => {
      const [shapes, zones] = await Promise.all([read(address), read(zonesAddress)]);
      state.zones = zones;
      state.land = L.geoJSON(shapes, {
        pane: "zones",
        style: (feature) => styleOf(state, feature),
        onEachFeature: (feature, layer) => wireDepartment(map, feature, layer),
      }).addTo(map);
      showZone(map);
    })();
    state.waiting.push(ready);
    return ready;
  }

  function zoneOf(state, code) {
    const programme = state.zones.programmes[state.programme];
    return programme ? programme.zones[programme.departments[code]] : undefined;
  }

  function styleOf(state, feature) {
    const zone = zoneOf(state, feature.properties.code);
    const dimmed = state.zone && (!zone || zone.slug !== state.zone);
    return {
      weight: 0.8,
      color: zone ? colour(zone.colour) : NEUTRAL,
      opacity: dimmed ? 0.25 : 0.7,
      fillColor: zone ? colour(zone.colour) : NEUTRAL,
      fillOpacity: zone ? (dimmed ? 0.07 : 0.26) : 0.08,
    };
  }

  function wireDepartment(map, feature, layer) {
    const state = stateOf(map);
    layer.on("mouseover", () => emphasise(map, zoneOf(state, feature.properties.code)));
    layer.on("mouseout", () => emphasise(map, undefined));
    layer.on("click", (event) => {
      const zone = zoneOf(state, feature.properties.code);
      if (zone) openPopup(map, event.latlng, zonePopup(state, zone, feature.properties.name));
    });
  }

  function emphasise(map, zone) {
    const state = stateOf(map);
    state.land.eachLayer((layer) => {
      const style = styleOf(state, layer.feature);
      const own = zoneOf(state, layer.feature.properties.code);
      if (zone && own && own.slug === zone.slug) style.fillOpacity = 0.42;
      layer.setStyle(style);
    });
  }

  function zonePopup(state, zone, department) {
    const box = make("div", "", { class: "map-popup" });
    const title = make("h2");
    title.append(make("a", zone.name, { href: zone.url }));
    box.append(title, make("p", department, { class: "muted" }));
    if (zone.poles.length) box.append(make("p", `${state.words.pole} ${zone.poles.join(", ")}`));
    box.append(make("p", zone.counts));
    return box;
  }

  function showZone(map) {
    const state = stateOf(map);
    if (!state.zone || state.element.dataset.view) return;
    const bounds = L.latLngBounds([]);
    state.land.eachLayer((layer) => {
      const zone = zoneOf(state, layer.feature.properties.code);
      if (zone && zone.slug === state.zone) bounds.extend(layer.getBounds());
    });
    if (bounds.isValid()) map.fitBounds(bounds, { animate: !still, padding: [12, 12] });
  }

  /* --- places ------------------------------------------------------------------------------------------------- */

  function icon(shape, fill, size) {
    const path = `<path d="${SHAPES[shape]}" fill="${colour(fill)}" stroke="#fff" stroke-width="1.8" stroke-linejoin="round"/>`;
    const html = `<svg viewBox="0 0 24 24" width="${size}" height="${size}" aria-hidden="true" focusable="false">${path}</svg>`;
    return L.divIcon({ html, className: `map-mark map-${shape}`, iconSize: [size, size], iconAnchor: [size / 2, size / 2] });
  }

  function clusterIcon(words, cluster) {
    const count = cluster.getChildCount();
    const size = count < 10 ? 34 : count < 100 ? 40 : 48;
    const spoken = words.cluster.replace("{count}", count);
    const html = `<span aria-hidden="true">${count}</span><span class="visually-hidden">${L.Util.template("{text}", { text: escapeText(spoken) })}</span>`;
    return L.divIcon({ html, className: "map-cluster", iconSize: [size, size] });
  }

  function escapeText(text) {
    const element = document.createElement("span");
    element.textContent = text;
    return element.innerHTML;
  }

  async function places(map, address) {
    const state = stateOf(map);
    state.placesAddress = address;
    const cluster = (radius) =>
      L.markerClusterGroup({
        maxClusterRadius: radius,
        showCoverageOnHover: false,
        animate: !still,
        spiderLegPolylineOptions: { weight: 1, color: NEUTRAL, opacity: 0.8 },
        iconCreateFunction: (each) => clusterIcon(state.words, each),
      });
    // Laureates and poles are never swallowed by the crowd: only what stands on the same spot is gathered.
    state.crowd = cluster(52).addTo(map);
    state.chosen = cluster(14).addTo(map);
    for (const group of [state.crowd, state.chosen]) group.on("clusterkeypress", (event) => spaceOpens(map, event));
    const ready = drawPlaces(map);
    state.waiting.push(ready);
    return ready;
  }

  function spaceOpens(map, event) {
    if (event.originalEvent.key !== " ") return;
    event.originalEvent.preventDefault();
    event.layer.zoomToBounds({ padding: [20, 20] });
  }

  async function drawPlaces(map) {
    const state = stateOf(map);
    const asked = state.query;
    const data = await read(state.placesAddress + (asked ? `?${asked}` : ""));
    if (asked !== state.query) return;
    state.markers.clear();
    const crowd = [];
    const chosen = [];
    for (const row of data.rows) {
      const place = Object.fromEntries(data.fields.map((name, index) => [name, row[index]]));
      if (place.latitude === null) continue;
      (place.laureate || place.kind === "pole" ? chosen : crowd).push(marker(map, data, place));
    }
    state.crowd.clearLayers();
    state.chosen.clearLayers();
    state.crowd.addLayers(crowd);
    state.chosen.addLayers(chosen);
  }

  function marker(map, data, place) {
    const state = stateOf(map);
    const shape = place.laureate ? "star" : SHAPE_OF[place.kind];
    const zone = data.zones[place.zone];
    const size = { star: 30, diamond: 26, hexagon: 22, circle: 20 }[shape];
    const made = L.marker([place.latitude, place.longitude], {
      icon: icon(shape, zone ? zone.colour : NEUTRAL, size),
      riseOnHover: true,
      zIndexOffset: shape === "star" ? 400 : shape === "diamond" ? 300 : 0,
    });
    const spoken = [place.name, place.laureate ? data.laureate : data.kinds[place.kind], place.commune].filter(Boolean).join(", ");
    made.on("add", () => {
      const element = made.getElement();
      if (!element) return;
      element.setAttribute("aria-label", spoken);
      element.title = place.name;
      if (state.highlighted === place.slug) element.classList.add("is-lit");
    });
    const open = () => openPopup(map, made.getLatLng(), placePopup(data, place), made.getElement(), [0, -size / 4]);
    made.on("click", open);
    made.on("keypress", (event) => {
      if (event.originalEvent.key === "Enter" || event.originalEvent.key === " ") {
        event.originalEvent.preventDefault();
        open();
      }
    });
    state.markers.set(place.slug, { marker: made, open });
    return made;
  }

  function placePopup(data, place) {
    const box = make("div", "", { class: "map-popup" });
    const title = make("h2");
    title.append(make("a", place.name, { href: data.base + place.slug }));
    box.append(title);
    if (place.laureate) box.append(make("p", `${data.laureate} ${place.laureate}`, { class: "tag strong" }));
    if (place.demo) box.append(make("p", data.demo, { class: "tag warn" }));
    box.append(make("p", [data.kinds[place.kind], place.commune].filter(Boolean).join(" · ")));
    const zone = data.zones[place.zone];
    if (zone) {
      const line = make("p");
      line.append(make("a", zone.name, { href: zone.url }));
      box.append(line);
    }
    return box;
  }

  /* --- links between labs that work together ------------------------------------------------------------------- */

  async function links(map, address) {
    const state = stateOf(map);
    const ready = read(address).then((data) => {
      L.geoJSON(data, {
        pane: "links",
        style: { className: "map-link", weight: 2.5, opacity: 0.85, dashArray: "1 6", lineCap: "round", fill: false },
        onEachFeature: (feature, layer) =>
          layer.on("click", (event) => {
            const box = make("div", "", { class: "map-popup" });
            const title = make("h2");
            title.append(make("a", feature.properties.project, { href: feature.properties.url }));
            box.append(title, make("p", `${feature.properties.from} – ${feature.properties.to}`));
            openPopup(map, event.latlng, box);
          }),
      }).addTo(map);
    });
    state.waiting.push(ready);
    return ready;
  }

  /* --- what the page may ask ----------------------------------------------------------------------------------- */

  function end(map) {
    const state = stateOf(map);
    const element = state.element;
    Promise.allSettled(state.waiting).then((results) => {
      element.dataset.drawn = "yes";
      if (results.some((result) => result.status === "rejected")) {
        element.insertAdjacentElement("afterend", make("p", state.words.failure, { class: "note bad", role: "alert" }));
      }
    });
    element.mesh = {
      show: (slug) => show(map, slug),
      light: (slug) => light(map, slug),
      look: (where) => look(map, where),
      filter: (filter) => filterBy(map, filter),
    };
    new ResizeObserver(() => map.invalidateSize({ animate: false })).observe(element);
    element.dispatchEvent(new CustomEvent("mesh:ready", { bubbles: true }));
  }

  /* `where`: "latitude,longitude,zoom", or anything else for the mainland. */
  function look(map, where) {
    const [latitude, longitude, zoom] = where.split(",").map(Number);
    if (Number.isFinite(zoom)) map.setView([latitude, longitude], zoom, { animate: !still });
    else map.fitBounds(MAINLAND, { animate: !still });
  }

  function filterBy(map, { query, programme, zone }) {
    const state = stateOf(map);
    Object.assign(state, { query, programme, zone });
    map.closePopup();
    if (state.land) {
      emphasise(map, undefined);
      showZone(map);
    }
    return drawPlaces(map);
  }

  function groupOf(state, found) {
    return state.chosen.hasLayer(found.marker) ? state.chosen : state.crowd;
  }

  function show(map, slug) {
    const state = stateOf(map);
    const found = state.markers.get(slug);
    if (!found) return false;
    groupOf(state, found).zoomToShowLayer(found.marker, () => {
      if (map.getZoom() < 11) map.setView(found.marker.getLatLng(), 11, { animate: !still });
      found.open();
    });
    return true;
  }

  function light(map, slug) {
    const state = stateOf(map);
    for (const lit of state.element.querySelectorAll(".is-lit")) lit.classList.remove("is-lit");
    state.highlighted = slug;
    const found = slug && state.markers.get(slug);
    if (!found) return;
    const visible = groupOf(state, found).getVisibleParent(found.marker);
    const element = visible && visible.getElement();
    if (element) element.classList.add("is-lit");
  }

  return { begin, departments, places, links, end };
})();
