/* The places, in clusters and out of them, and the links between labs that work together. */
"use strict";

Object.assign(mesh, (() => {
  const { NEUTRAL, still, stateOf, colour, read, make, titled, openPopup, hasTiles } = mesh;
  const SHAPES = {
    star: "M12 1.8l3 6.6 7.2.8-5.4 4.9 1.5 7.1L12 17.6l-6.3 3.6 1.5-7.1L1.8 9.2 9 8.4z",
    hexagon: "M12 2.4l8.3 4.8v9.6L12 21.6l-8.3-4.8V7.2z",
    circle: "M12 5.2a6.8 6.8 0 1 0 0 13.6 6.8 6.8 0 0 0 0-13.6z",
    diamond: "M12 1.6L22.4 12 12 22.4 1.6 12z",
  };
  const SHAPE_OF = { fablab: "hexagon", epn: "circle", pole: "diamond" };
  const SIZE_OF = { star: 30, diamond: 26, hexagon: 22, circle: 20 };

  /* --- icons: markup made of our own constants, of a checked colour and of numbers ------------------------------ */

  const drawn = (shape, fill, size) =>
    `<svg viewBox="0 0 24 24" width="${size}" height="${size}" aria-hidden="true" focusable="false"><path d="${SHAPES[shape]}"` +
    ` fill="${colour(fill)}" stroke="#fff" stroke-width="1.8" stroke-linejoin="round"/></svg>`;

  const sized = (html, className, size) => L.divIcon({ html, className, iconSize: [size, size] });

  function spokenCount(state, cluster) {
    const text = state.words.cluster.replace("{count}", cluster.getChildCount());
    return make("span", text, { class: "visually-hidden" }).outerHTML;
  }

  function crowdIcon(state, cluster) {
    const count = cluster.getChildCount();
    const html = `<span aria-hidden="true">${count}</span>${spokenCount(state, cluster)}`;
    return sized(html, "map-cluster", count < 10 ? 34 : count < 100 ? 40 : 48);
  }

  /* Laureates that nearly share a spot stay a star, with their number. */
  function chosenIcon(state, cluster) {
    const markers = cluster.getAllChildMarkers();
    const shape = markers.some((each) => each.options.shape === "star") ? "star" : "diamond";
    const fills = new Set(markers.map((each) => each.options.fill));
    const fill = fills.size === 1 ? [...fills][0] : NEUTRAL;
    const badge = `<span class="map-badge" aria-hidden="true">${markers.length}</span>`;
    return sized(drawn(shape, fill, 36) + badge + spokenCount(state, cluster), "map-mark map-many", 36);
  }

  /* --- layers ---------------------------------------------------------------------------------------------------- */

  async function places(map, address) {
    const state = stateOf(map);
    state.placesAddress = address;
    const group = (maxClusterRadius, draw) => {
      const made = L.markerClusterGroup({
        maxClusterRadius,
        showCoverageOnHover: false,
        animate: !still,
        spiderLegPolylineOptions: { weight: 1, color: NEUTRAL, opacity: 0.8 },
        iconCreateFunction: (cluster) => draw(state, cluster),
      });
      made.on("clusterkeypress", (event) => openCluster(made, event));
      made.on("animationend", () => declutterSoon(state));
      return made.addTo(map);
    };
    // Laureates and poles are never swallowed by the crowd: only what nearly shares a spot is gathered, under a star.
    state.crowd = group(60, crowdIcon);
    state.chosen = group(14, chosenIcon);
    map.on("zoomend moveend", () => declutterSoon(state));
    const ready = drawPlaces(map);
    state.waiting.push(ready);
    return ready;
  }

  /* Enter is the plugin's, Space is ours; the focus then goes to what came out, not to the map's frame. */
  function openCluster(group, { layer, originalEvent }) {
    if (originalEvent.key !== "Enter" && originalEvent.key !== " ") return;
    originalEvent.preventDefault();
    const first = layer.getAllChildMarkers()[0];
    // The group itself turns this into its own "clusterclick".
    if (originalEvent.key === " ") group.fire("click", { layer });
    const frame = group._map.getContainer();
    setTimeout(() => {
      const held = document.activeElement;
      if (held !== document.body && !frame.contains(held)) return;
      const shown = group.getVisibleParent(first);
      const element = shown && shown.getElement();
      (element || frame).focus({ preventScroll: true });
    }, still ? 60 : 600);
  }

  /* A bubble that a star would hide steps aside, to where it covers least: it has no exact place anyway. */
  function declutter(state) {
    const at = (element) => L.DomUtil.getPosition(element);
    const spots = (selector, room) =>
      [...state.element.querySelectorAll(selector)].filter(at).map((element) => ({ element, at: at(element), room: room(element) }));
    const stars = spots(".map-star, .map-diamond, .map-many", () => 15);
    const bubbles = spots(".map-cluster", (element) => element.offsetWidth / 2);
    for (const bubble of bubbles) {
      const star = stars.find((each) => each.at.distanceTo(bubble.at) < each.room + bubble.room);
      const others = star ? [...stars, ...bubbles].filter((each) => each !== bubble) : [];
      const moved = star ? asideOf(star, bubble, others) : bubble.at;
      const by = moved.subtract(bubble.at);
      bubble.element.style.translate = star ? `${Math.round(by.x)}px ${Math.round(by.y)}px` : "";
      bubble.at = moved;
    }
  }

  function asideOf(star, bubble, others) {
    const reach = star.room + bubble.room;
    const natural = Math.atan2(bubble.at.y - star.at.y, bubble.at.x - star.at.x);
    const choices = [0, 1, -1, 2, -2, 3, -3, 4].map((step) => {
      const angle = natural + (step * Math.PI) / 4;
      const spot = star.at.add([Math.cos(angle) * reach, Math.sin(angle) * reach]);
      const covered = others.reduce((sum, each) => sum + Math.max(0, each.room + bubble.room - each.at.distanceTo(spot)), 0);
      return { spot, cost: covered + Math.abs(step) };
    });
    return choices.reduce((best, each) => (each.cost < best.cost ? each : best)).spot;
  }

  function declutterSoon(state) {
    cancelAnimationFrame(state.frame);
    state.frame = requestAnimationFrame(() => declutter(state));
  }

  async function drawPlaces(map) {
    const state = stateOf(map);
    const asked = state.query;
    const data = await read(state.placesAddress + (asked ? `?${asked}` : ""));
    if (asked !== state.query) return;
    state.markers.clear();
    state.spots = new Set();
    const crowd = [];
    const chosen = [];
    for (const row of data.rows) {
      const place = Object.fromEntries(data.fields.map((name, index) => [name, row[index]]));
      if (place.latitude === null) continue;
      state.spots.add(`${place.latitude},${place.longitude}`);
      const stands = place.laureate || place.kind === "pole" || place.slug === state.own;
      (stands ? chosen : crowd).push(marker(map, data, place));
    }
    state.crowd.clearLayers();
    state.chosen.clearLayers();
    state.crowd.addLayers(crowd);
    state.chosen.addLayers(chosen);
    state.element.dataset.markers = state.markers.size;
    showLinks(map);
    declutterSoon(state);
  }

  /* --- one place ------------------------------------------------------------------------------------------------- */

  function marker(map, data, place) {
    const state = stateOf(map);
    const shape = place.laureate ? "star" : SHAPE_OF[place.kind];
    const zone = data.zones[place.zone];
    const fill = zone ? zone.colour : NEUTRAL;
    const made = L.marker([place.latitude, place.longitude], {
      icon: sized(drawn(shape, fill, SIZE_OF[shape]), `map-mark map-${shape}`, SIZE_OF[shape]),
      shape,
      fill,
      riseOnHover: true,
      zIndexOffset: { star: 400, diamond: 300 }[shape] || (place.slug === state.own ? 500 : 0),
    });
    const spoken = [place.name, place.laureate ? data.laureate : data.kinds[place.kind], place.commune];
    made.on("add", () => {
      const element = made.getElement();
      if (!element) return;
      element.setAttribute("aria-label", spoken.filter(Boolean).join(", "));
      element.title = place.name;
      element.classList.toggle("is-lit", place.slug === state.highlighted || place.slug === state.own);
    });
    const open = (from) => {
      const back = from ? () => from : () => made.getElement();
      openPopup(map, made.getLatLng(), placePopup(data, place), { back, offset: [0, -SIZE_OF[shape] / 4] });
    };
    made.on("click", () => open());
    made.on("keypress", ({ originalEvent }) => {
      if (originalEvent.key !== "Enter" && originalEvent.key !== " ") return;
      originalEvent.preventDefault();
      open();
    });
    state.markers.set(place.slug, { marker: made, open });
    return made;
  }

  function placePopup(data, place) {
    const box = titled(place.name, data.base + place.slug);
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

  function groupOf(state, found) {
    return state.chosen.hasLayer(found.marker) ? state.chosen : state.crowd;
  }

  /* Near enough to know the neighbourhood: with tiles a few streets, without them the department. */
  const nearZoom = (map) => (hasTiles(map) ? 13 : 9);

  function showPlace(map, slug, from) {
    const state = stateOf(map);
    const found = state.markers.get(slug);
    if (!found) return;
    const open = () => groupOf(state, found).zoomToShowLayer(found.marker, () => found.open(from));
    if (map.getZoom() >= nearZoom(map)) {
      open();
      return;
    }
    map.once("moveend", open);
    map.setView(found.marker.getLatLng(), nearZoom(map), { animate: false });
  }

  function lightPlace(map, slug) {
    const state = stateOf(map);
    for (const lit of state.element.querySelectorAll(".is-lit")) lit.classList.remove("is-lit");
    state.highlighted = slug;
    const found = slug && state.markers.get(slug);
    const visible = found && groupOf(state, found).getVisibleParent(found.marker);
    const element = visible && visible.getElement();
    if (element) element.classList.add("is-lit");
  }

  /* --- links between labs that work together ------------------------------------------------------------------- */

  async function links(map, address) {
    const state = stateOf(map);
    const ready = read(address).then((data) => {
      state.links = data.features.map((feature) => linkLayer(map, feature));
      showLinks(map);
    });
    state.waiting.push(ready);
    return ready;
  }

  function linkLayer(map, feature) {
    const style = { className: "map-link", weight: 2.5, opacity: 0.85, dashArray: "1 6", lineCap: "round", fill: false };
    const { project, url, from, to } = feature.properties;
    const ends = feature.geometry.coordinates.map(([longitude, latitude]) => `${latitude},${longitude}`);
    const layer = L.geoJSON(feature, { pane: "links", style });
    layer.on("click", (event) => {
      const box = titled(project, url);
      box.append(make("p", `${from} – ${to}`));
      openPopup(map, event.latlng, box);
    });
    return { layer, ends };
  }

  /* A link whose two labs are filtered out goes with them. */
  function showLinks(map) {
    const { links: known = [], spots } = stateOf(map);
    for (const { layer, ends } of known) {
      if (!spots || ends.some((end) => spots.has(end))) layer.addTo(map);
      else layer.remove();
    }
  }

  return { places, drawPlaces, showPlace, lightPlace, links };
})());
