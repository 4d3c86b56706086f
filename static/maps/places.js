/* The places as marks: those that stand out, and the crowd in groups, whatever brought them. Links between labs. */
"use strict";

Object.assign(mesh, (() => {
  const { NEUTRAL, SIDE, still, stateOf, colour, read, spelled, make, titled, openPopup } = mesh;
  const SHAPES = {
    star: "M12 1.8l3 6.6 7.2.8-5.4 4.9 1.5 7.1L12 17.6l-6.3 3.6 1.5-7.1L1.8 9.2 9 8.4z",
    hexagon: "M12 2.4l8.3 4.8v9.6L12 21.6l-8.3-4.8V7.2z",
    circle: "M12 5.2a6.8 6.8 0 1 0 0 13.6 6.8 6.8 0 0 0 0-13.6z",
    diamond: "M12 1.6L22.4 12 12 22.4 1.6 12z",
  };
  const SHAPE_OF = { fablab: "hexagon", epn: "circle", pole: "diamond" };
  const SIZE_OF = { star: 30, diamond: 26, hexagon: 22, circle: 20 };
  const RISE_OF = { star: 400, diamond: 300 };
  // Only what nearly shares a spot is gathered of those that stand out: they are never swallowed by the crowd.
  const CLOSE = 14;
  const MOST_NAMES = 30;
  const groupOf = new WeakMap();

  /* --- icons: markup made of our own constants, of a checked colour and of numbers ------------------------------ */

  const drawn = (shape, fill, size) =>
    `<svg viewBox="0 0 24 24" width="${size}" height="${size}" aria-hidden="true" focusable="false"><path d="${SHAPES[shape]}"` +
    ` fill="${colour(fill)}" stroke="#fff" stroke-width="1.8" stroke-linejoin="round"/></svg>`;

  const sized = (html, className, size) => L.divIcon({ html, className, iconSize: [size, size] });
  const shapeOf = (place) => (place.year ? "star" : SHAPE_OF[place.kind] || "circle");
  const bubbleSize = (count) => (count < 10 ? 30 : count < 100 ? 36 : count < 1000 ? 42 : 50);
  const sizeOf = (group) => (group.count > 1 ? bubbleSize(group.count) : SIZE_OF[shapeOf(group.members[0])]);

  function zoneOfPlace(state, place) {
    const programme = state.zones && state.zones.programmes[state.programme];
    return programme && programme.zones[programme.departments[place.department]];
  }

  function fillOf(state, members) {
    const fills = new Set(members.map((place) => (zoneOfPlace(state, place) || { colour: NEUTRAL }).colour));
    return fills.size === 1 ? [...fills][0] : NEUTRAL;
  }

  function iconOf(state, group) {
    if (group.count === 1) {
      const shape = shapeOf(group.members[0]);
      return sized(drawn(shape, fillOf(state, group.members), SIZE_OF[shape]), `map-mark map-${shape}`, SIZE_OF[shape]);
    }
    const count = spelled(group.count);
    if (!group.isChosen) return sized(`<span aria-hidden="true">${count}</span>`, "map-cluster", bubbleSize(group.count));
    const shape = group.members.some((place) => shapeOf(place) === "star") ? "star" : "diamond";
    const badge = `<span class="map-badge" aria-hidden="true">${count}</span>`;
    return sized(drawn(shape, fillOf(state, group.members), 36) + badge, "map-mark map-many", 36);
  }

  function spoken(state, group) {
    const { words } = state;
    if (group.count > 1) return words.cluster.replace("{count}", spelled(group.count));
    const [place] = group.members;
    return [place.name, place.year ? words.laureate : words.kinds[place.kind], place.commune].filter(Boolean).join(", ");
  }

  /* --- where things are ------------------------------------------------------------------------------------------- */

  const pixels = (map) => (256 * 2 ** map.getZoom()) / SIDE;
  const placeAt = (map, { x, y }) => map.unproject(L.point(x, y).multiplyBy(pixels(map)), map.getZoom());

  /* West, north, east, south of what is in view and a little more, on the plane. */
  function boxOf(map) {
    const bounds = map.getPixelBounds();
    const by = bounds.getSize().multiplyBy(0.25);
    const { x: west, y: north } = bounds.min.subtract(by).divideBy(pixels(map));
    const { x: east, y: south } = bounds.max.add(by).divideBy(pixels(map));
    return [west, north, east, south];
  }

  const isIn = ([west, north, east, south]) => ({ x, y }) => x >= west && x <= east && y >= north && y <= south;

  /* Groups that would cover each other become one, at the spot of the greatest. */
  function apart(groups, scale, reach) {
    const kept = [];
    const ordered = [...groups].sort((a, b) => b.count - a.count || a.x - b.x || a.y - b.y);
    for (const group of ordered) {
      const near = kept.find((each) => Math.hypot(each.x - group.x, each.y - group.y) * scale < reach(each, group));
      if (near) {
        near.count += group.count;
        near.members = near.members && group.members && [...near.members, ...group.members];
      } else kept.push({ ...group });
    }
    return kept;
  }

  /* --- drawing ------------------------------------------------------------------------------------------------------ */

  async function places(map, address, tilesAddress) {
    const state = stateOf(map);
    Object.assign(state, { placesAt: { places: address, tiles: tilesAddress }, marks: new Map(), layer: L.layerGroup().addTo(map) });
    map.on("zoomend moveend", () => redraw(map));
    const ready = drawPlaces(map);
    state.waiting.push(ready);
    return ready;
  }

  async function drawPlaces(map) {
    const state = stateOf(map);
    const asked = state.plan + state.query;
    const source = await mesh.openSource(state, { ...state.placesAt, zoom: map.getZoom(), box: boxOf(map) });
    // Colours are of zones: without them marks would be drawn twice.
    await state.landing.catch(() => {});
    if (asked !== state.plan + state.query) return;
    state.source = source;
    forget(state);
    await redraw(map);
    state.element.dataset.markers = source.count;
    showOverseas(state);
    showLinks(map);
  }

  function forget(state) {
    state.layer.clearLayers();
    state.marks.clear();
  }

  /* What is in view, by what is there. Where tiles are still on their way, what was drawn stays until they came. */
  async function redraw(map) {
    const state = stateOf(map);
    const { source } = state;
    if (!source) return;
    const box = boxOf(map);
    const zoom = map.getZoom();
    try {
      await source.prepare(zoom, box);
    } finally {
      if (source === state.source && zoom === map.getZoom()) put(map, groupsIn(map, source, zoom, box));
    }
  }

  function groupsIn(map, source, zoom, box) {
    const scale = pixels(map);
    const inside = isIn(box);
    const chosen = apart(source.chosen.filter(inside).map((place) => ({ ...place, count: 1, members: [place] })), scale, () => CLOSE);
    for (const group of chosen) group.isChosen = true;
    const crowd = apart(source.groups(zoom, box).filter(inside), scale, (a, b) => (sizeOf(a) + sizeOf(b)) * 0.42);
    return [...crowd, ...chosen];
  }

  const keyOf = (group) => `${group.isChosen ? "*" : ""}${group.count === 1 ? group.members[0].slug : `${group.x},${group.y},${group.count}`}`;

  function put(map, groups) {
    const state = stateOf(map);
    const held = document.activeElement;
    const former = groupOf.get(held);
    const wanted = new Map(groups.map((group) => [keyOf(group), group]));
    for (const [key, marker] of state.marks) {
      if (wanted.has(key)) continue;
      marker.remove();
      state.marks.delete(key);
    }
    for (const [key, group] of wanted) if (!state.marks.has(key)) state.marks.set(key, addMark(map, group));
    // The focus does not fall out of the map with the mark that had it.
    if (former && !held.isConnected) refocus(map, former);
    declutterSoon(state);
  }

  function refocus(map, group) {
    const { element } = stateOf(map);
    const spot = map.latLngToContainerPoint(placeAt(map, group));
    (mesh.nearestMark(element, spot) || element).focus({ preventScroll: true });
  }

  function addMark(map, group) {
    const state = stateOf(map);
    const own = group.count === 1 && group.members[0].slug === state.own;
    // The number of those gathered stands at their edge: above a neighbour, whichever of both lies farther south.
    const gathered = group.count > 1 ? 2000 : 0;
    const rise = group.isChosen ? (RISE_OF[shapeOf(group.members[0])] || 300) + gathered : 0;
    const marker = L.marker(placeAt(map, group), {
      icon: iconOf(state, group),
      keyboard: false,
      riseOnHover: true,
      zIndexOffset: own ? 500 : rise,
    }).addTo(state.layer);
    const element = marker.getElement();
    groupOf.set(element, group);
    // Reached from the map's one stop, by Enter and arrows.
    element.tabIndex = -1;
    element.setAttribute("role", "button");
    element.setAttribute("aria-label", spoken(state, group));
    if (group.count === 1) element.title = group.members[0].name;
    element.classList.toggle("is-lit", own || holds(group, state.highlighted));
    marker.on("click", () => open(map, group, element, false));
    return marker;
  }

  const holds = (group, slug) => Boolean(slug && group.members && group.members.some((place) => place.slug === slug));

  /* --- opening ------------------------------------------------------------------------------------------------------ */

  const openMark = (map, element) => open(map, groupOf.get(element), element, true);

  function open(map, group, element, isByKey) {
    const back = () => (element.isConnected ? element : mesh.nearestMark(stateOf(map).element, map.latLngToContainerPoint(placeAt(map, group))));
    if (group.count === 1) {
      openPlace(map, group.members[0], back);
      return;
    }
    const bounds = group.members && L.latLngBounds(group.members.map((place) => placeAt(map, place)));
    const goal = bounds ? Math.min(map.getBoundsZoom(bounds.pad(0.15)), map.getZoom() + 4) : map.getZoom() + 2;
    const isSpot = bounds && pixelsOf(map, bounds) * 2 ** (map.getMaxZoom() - map.getZoom()) < 12;
    if (group.members && (isSpot || map.getZoom() >= map.getMaxZoom())) {
      openPopup(map, placeAt(map, group), listPopup(stateOf(map), group), { back });
      return;
    }
    if (isByKey) element.focus({ preventScroll: true });
    const centre = bounds ? bounds.getCenter() : placeAt(map, group);
    map.setView(centre, Math.max(map.getZoom() + 1, Math.min(goal, map.getMaxZoom())), { animate: !still });
  }

  function pixelsOf(map, bounds) {
    const zoom = map.getZoom();
    return map.project(bounds.getNorthWest(), zoom).distanceTo(map.project(bounds.getSouthEast(), zoom));
  }

  function openPlace(map, place, back) {
    const state = stateOf(map);
    const lift = -SIZE_OF[shapeOf(place)] / 4;
    const box = placePopup(state, place);
    openPopup(map, placeAt(map, place), box, { back, offset: [0, lift] });
    tellMore(map, place, box).catch(() => {
      // Without the network, the popup says what the map knows.
    });
  }

  /* Hours, the next event, the way there: asked for once somebody wants to know. */
  async function tellMore(map, place, box) {
    const text = await (await mesh.fetched(stateOf(map).words.about + place.slug)).text();
    if (!box.isConnected) return;
    box.append(...new DOMParser().parseFromString(text, "text/html").body.childNodes);
    const popup = mesh.popupOf(map);
    if (!popup) return;
    // Its size is another one. Leaflet takes the words out for a moment, and the focus with them.
    const held = document.activeElement;
    popup.update();
    if (box.contains(held)) held.focus({ preventScroll: true });
  }

  function placePopup(state, place) {
    const { words } = state;
    const box = titled(place.name, words.place + place.slug);
    if (place.year) box.append(make("p", `${words.laureate} ${place.year}`, { class: "tag strong" }));
    if (place.demo) box.append(make("p", words.demo, { class: "tag warn" }));
    box.append(make("p", [words.kinds[place.kind], place.commune].filter(Boolean).join(" · ")));
    const zone = zoneOfPlace(state, place);
    if (zone) {
      const line = make("p");
      line.append(make("a", zone.name, { href: zone.url }));
      box.append(line);
    }
    return box;
  }

  /* Places on one spot, which no zoom parts. */
  function listPopup(state, group) {
    const { words } = state;
    const box = titled(words.here.replace("{count}", group.count));
    const list = make("ul");
    for (const place of group.members.slice(0, MOST_NAMES)) {
      const item = make("li");
      item.append(make("a", place.name, { href: words.place + place.slug }));
      list.append(item);
    }
    box.append(list);
    if (group.count > MOST_NAMES) box.append(make("p", words.more.replace("{count}", group.count - MOST_NAMES)));
    return box;
  }

  /* Near enough to know the neighbourhood: with tiles a few streets, without them the department. */
  const nearZoom = (map) => (mesh.hasTiles(map) ? 13 : 9);

  async function showPlace(map, slug, from) {
    const state = stateOf(map);
    const place = state.source && (await state.source.find(slug));
    if (!place) throw new Error(slug);
    const where = placeAt(map, place);
    if (map.getZoom() < nearZoom(map)) map.setView(where, nearZoom(map), { animate: false });
    else if (!map.getBounds().contains(where)) map.panTo(where, { animate: false });
    openPlace(map, place, () => from || state.element);
  }

  function lightPlace(map, slug) {
    const state = stateOf(map);
    for (const lit of state.element.querySelectorAll(".is-lit")) lit.classList.remove("is-lit");
    state.highlighted = slug;
    if (!slug || !state.marks) return;
    for (const marker of state.marks.values()) {
      const element = marker.getElement();
      if (holds(groupOf.get(element), slug)) element.classList.add("is-lit");
    }
  }

  /* --- bubbles that a star would hide step aside, to where they cover least ------------------------------------------ */

  function declutter(state) {
    const at = (element) => L.DomUtil.getPosition(element);
    const spots = (selector, room) =>
      [...state.element.querySelectorAll(selector)].filter(at).map((element) => ({ element, at: at(element), room: room(element) }));
    const stars = spots(".map-star, .map-diamond, .map-many", () => 15);
    // From the size that was given and not from the page, which would have to be laid out for it.
    const bubbles = spots(".map-cluster, .map-hexagon, .map-circle", (element) => parseFloat(element.style.width) / 2);
    for (const bubble of bubbles) {
      // A bubble says a number, all of which is to be read; of a single mark it is enough that a mouse can reach it.
      const least = bubble.element.classList.contains("map-cluster") ? 0 : bubble.room;
      const star = stars.find((each) => each.at.distanceTo(bubble.at) < each.room + bubble.room - least);
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
    const choices = [0, 1, -1, 2, -2, 3, -3, 4].map((turn) => {
      const angle = natural + (turn * Math.PI) / 4;
      const spot = star.at.add([Math.cos(angle) * reach, Math.sin(angle) * reach]);
      const covered = others.reduce((sum, each) => sum + Math.max(0, each.room + bubble.room - each.at.distanceTo(spot)), 0);
      return { spot, cost: covered + Math.abs(turn) };
    });
    return choices.reduce((best, each) => (each.cost < best.cost ? each : best)).spot;
  }

  function declutterSoon(state) {
    cancelAnimationFrame(state.frame);
    state.frame = requestAnimationFrame(() => declutter(state));
  }

  /* --- overseas, beside the mainland ---------------------------------------------------------------------------------- */

  function showOverseas(state) {
    const chosen = state.source.chosen;
    for (const inset of state.stand.querySelectorAll("[data-department]")) {
      const { department, box } = inset.dataset;
      const count = state.source.overseas[department];
      inset.querySelector(".inset-count").textContent = spelled(count);
      if (!("panel" in state.element.dataset)) inset.parentElement.hidden = !count;
      const [west, south, east, north] = box.split(",").map(Number);
      const spots = inset.querySelector("g");
      spots.replaceChildren();
      for (const place of chosen.filter((each) => each.department === department)) {
        const { lat, lng } = L.CRS.EPSG3857.pointToLatLng(L.point(place.x, place.y).multiplyBy(256 / SIDE), 0);
        const left = ((lng - west) / (east - west)) * 48 - 6;
        const top = ((north - lat) / (north - south)) * 48 - 6;
        const star = document.createElementNS("http://www.w3.org/2000/svg", "path");
        star.setAttribute("d", SHAPES[shapeOf(place)]);
        star.setAttribute("transform", `translate(${left.toFixed(1)} ${top.toFixed(1)}) scale(0.5)`);
        star.setAttribute("fill", colour(fillOf(state, [place])));
        spots.append(star);
      }
    }
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
    const { project, url, from, to, ends } = feature.properties;
    const layer = L.geoJSON(feature, { pane: "links", style });
    layer.on("click", (event) => {
      const box = titled(project, url);
      box.append(make("p", `${from} – ${to}`));
      openPopup(map, event.latlng, box);
    });
    return { layer, ends };
  }

  /* A link whose two labs are filtered out goes with them. Where only the server knows all places, it is asked. */
  async function showLinks(map) {
    const state = stateOf(map);
    const { links: known, source } = state;
    if (!source || !known.length) return;
    const there = await source.among(known.flatMap(({ ends }) => ends)).catch(() => null);
    if (source !== state.source) return;
    for (const { layer, ends } of known) {
      if (!there || ends.some((slug) => there.has(slug))) layer.addTo(map);
      else layer.remove();
    }
  }

  return { places, drawPlaces, openMark, showPlace, lightPlace, links };
})());
