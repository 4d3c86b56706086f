/* The land: departments in the colour of their zone, the zones' borders, and a zone's panel. */
"use strict";

Object.assign(mesh, (() => {
  const { NEUTRAL, still, stateOf, colour, read, pause, make, titled, openPopup } = mesh;
  // So many departments at once: the whole land would hold a telephone for a second.
  const SLICE = 8;

  async function departments(map, address, zonesAddress) {
    const state = stateOf(map);
    state.landing = read(zonesAddress).then((zones) => {
      state.zones = zones;
    });
    const ready = (async () => {
      const [shapes] = await Promise.all([read(address), state.landing]);
      state.borders = L.layerGroup().addTo(map);
      const land = L.geoJSON(null, {
        pane: "zones",
        style: (feature) => styleOf(map, feature),
        onEachFeature: (feature, layer) => wireDepartment(map, feature, layer),
      }).addTo(map);
      for (let next = 0; next < shapes.features.length; next += SLICE) {
        land.addData({ type: "FeatureCollection", features: shapes.features.slice(next, next + SLICE) });
        await pause();
      }
      state.land = land;
      if (!state.element.dataset.seen) lookAtZone(map);
      await drawBorders(state);
    })();
    state.waiting.push(ready);
    document.addEventListener("click", (event) => {
      followZone(map, event);
      switchProgramme(event);
    });
    if (state.zone && "panel" in state.element.dataset) openPanel(map, state.zone);
    return ready;
  }

  function zoneOf(state, code) {
    const programme = state.zones.programmes[state.programme];
    return programme ? programme.zones[programme.departments[code]] : undefined;
  }

  const zonesOf = (state) => (state.zones.programmes[state.programme] || { zones: {} }).zones;
  const isDimmed = (state, zone) => Boolean(state.zone) && (!zone || zone.slug !== state.zone);

  function styleOf(map, feature) {
    const state = stateOf(map);
    const zone = zoneOf(state, feature.properties.code);
    const dimmed = isDimmed(state, zone);
    // Streets stay readable under the colour of a zone.
    const tint = mesh.hasTiles(map) ? 0.12 : 0.26;
    return {
      weight: 0.7,
      color: zone ? colour(zone.colour) : NEUTRAL,
      opacity: dimmed ? 0.2 : 0.5,
      fillColor: zone ? colour(zone.colour) : NEUTRAL,
      fillOpacity: zone ? (dimmed ? 0.07 : tint) : 0.08,
    };
  }

  function wireDepartment(map, feature, layer) {
    const state = stateOf(map);
    const own = () => zoneOf(state, feature.properties.code);
    layer.on("mouseover", () => emphasise(map, own()));
    layer.on("mouseout", () => emphasise(map, undefined));
    layer.on("click", (event) => {
      if (!own()) return;
      if ("panel" in state.element.dataset) openPanel(map, own().slug, state.element);
      else openPopup(map, event.latlng, zonePopup(own(), feature.properties.name));
    });
  }

  function emphasise(map, zone) {
    const state = stateOf(map);
    if (state.emphasised === (zone && zone.slug)) return;
    state.emphasised = zone && zone.slug;
    if (state.land) restyle(map, zone);
  }

  function restyle(map, zone) {
    const state = stateOf(map);
    state.land.eachLayer((layer) => {
      const style = styleOf(map, layer.feature);
      const own = zoneOf(state, layer.feature.properties.code);
      if (zone && own && own.slug === zone.slug) style.fillOpacity += 0.16;
      layer.setStyle(style);
    });
  }

  function zonePopup(zone, department) {
    const box = titled(zone.name, zone.url);
    box.append(make("p", department, { class: "muted" }));
    return box;
  }

  /* --- a zone's panel: written by the server, put beside the map or, on a phone, over its lower part --------------- */

  /* `from`: who is given the focus when the panel closes; without it nobody asked, and the focus stays where it is. */
  async function openPanel(map, slug, from) {
    const state = stateOf(map);
    await state.landing.catch(() => {});
    const programme = state.zones && state.zones.programmes[state.programme];
    const zone = programme && programme.zones[slug];
    if (!zone || (state.panel && state.panel.dataset.zone === slug && !from)) return;
    const asked = (state.panelAsked = `${state.programme}/${slug}`);
    const text = await (await mesh.fetched(zone.panel)).text();
    if (asked !== state.panelAsked) return;
    const page = new DOMParser().parseFromString(text, "text/html");
    closePanel(map, { keepsFocus: true });
    const heading = page.querySelector("h2");
    const panel = make("div", "", { class: "map-panel", role: "dialog", "aria-label": heading.textContent });
    panel.dataset.zone = slug;
    const close = make("button", "×", { type: "button", class: "map-panel-close", "aria-label": state.words.close });
    close.addEventListener("click", () => closePanel(map));
    panel.append(close, ...page.body.childNodes);
    panel.style.setProperty("--zone", colour(zone.colour));
    L.DomEvent.disableClickPropagation(panel);
    L.DomEvent.disableScrollPropagation(panel);
    state.element.append(panel);
    Object.assign(state, { panel, panelFrom: from });
    map.closePopup();
    emphasise(map, zone);
    clearOfPanel(map, zone);
    if (from) heading.focus({ preventScroll: true });
  }

  function closePanel(map, { keepsFocus = false } = {}) {
    const state = stateOf(map);
    state.panelAsked = null;
    if (!state.panel) return;
    const { panel, panelFrom } = state;
    const had = panel.contains(document.activeElement);
    panel.remove();
    state.panel = null;
    if (state.land) emphasise(map, undefined);
    if (had && !keepsFocus && panelFrom && panelFrom.isConnected) panelFrom.focus({ preventScroll: true });
  }

  /* By the form, which knows all else that is asked for; where there is none the link does it. */
  function switchProgramme(event) {
    const link = event.target.closest("a[data-programme]");
    const choice = document.querySelector("select[name=programme]");
    if (!link || !choice || isElsewhere(event)) return;
    event.preventDefault();
    choice.value = link.dataset.programme;
    choice.dispatchEvent(new Event("input", { bubbles: true }));
  }

  // A click that asks for another window is the browser's.
  const isElsewhere = (event) => event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey;

  /* Which programme's zones are shown stands on its link. */
  function tellProgramme(state) {
    for (const link of document.querySelectorAll("a[data-programme]")) {
      if (link.dataset.programme === state.programme) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    }
  }

  /* The legend's links lead to pages of zones; with a map beside them they open its panel. */
  function followZone(map, event) {
    const state = stateOf(map);
    const link = event.target.closest("a[data-zone]");
    if (!link || !("panel" in state.element.dataset) || state.element.contains(link)) return;
    if (isElsewhere(event)) return;
    event.preventDefault();
    openPanel(map, link.dataset.zone, link).catch(() => location.assign(link.href));
  }

  /* After a change of programme or zone. Nothing to do while the land is still on its way. */
  function colourLand(map) {
    const state = stateOf(map);
    tellProgramme(state);
    if (!state.land) return;
    state.emphasised = state.panel ? state.panel.dataset.zone : undefined;
    restyle(map, zonesOf(state)[state.emphasised]);
    drawBorders(state);
    lookAtZone(map);
  }

  function lookAtZone(map) {
    const state = stateOf(map);
    if (!state.zone || state.reach || state.element.dataset.view) return;
    fitBeside(map, boundsOf(state, state.zone));
  }

  function boundsOf(state, slug) {
    const bounds = L.latLngBounds([]);
    state.land.eachLayer((layer) => {
      const zone = zoneOf(state, layer.feature.properties.code);
      if (zone && zone.slug === slug) bounds.extend(layer.getBounds());
    });
    return bounds;
  }

  /* How much of the map its panel takes, at the right or below. */
  function takenOf({ element, panel }) {
    if (!panel) return [0, 0];
    const [frame, box] = [element, panel].map((each) => each.getBoundingClientRect());
    return box.width < frame.width * 0.7 ? [frame.right - box.left, 0] : [0, frame.bottom - box.top];
  }

  function fitBeside(map, bounds, maxZoom) {
    if (!bounds.isValid()) return;
    const [right, bottom] = takenOf(stateOf(map));
    map.fitBounds(bounds, { paddingTopLeft: [12, 12], paddingBottomRight: [right + 12, bottom + 12], maxZoom, animate: !still });
  }

  /* The zone moves out from under its panel; of what is all over the world nothing can. */
  function clearOfPanel(map, zone) {
    const state = stateOf(map);
    const bounds = state.land && !zone.overseas ? boundsOf(state, zone.slug) : L.latLngBounds([]);
    if (!bounds.isValid()) return;
    const room = map.getSize().subtract(takenOf(state));
    const [least, most] = [bounds.getNorthWest(), bounds.getSouthEast()].map((each) => map.latLngToContainerPoint(each));
    if (least.x >= 0 && least.y >= 0 && most.x <= room.x && most.y <= room.y) return;
    // As near as it is, if it has room there; else from as far as it takes.
    const size = most.subtract(least);
    const hasRoom = size.x + 24 <= room.x && size.y + 24 <= room.y;
    fitBeside(map, bounds, hasRoom ? map.getZoom() : undefined);
  }

  /* A zone's border is every edge that no two of its departments share: it needs no polygon of its own on the wire.
     Neighbours are simplified together, so that a shared edge has the same ends; its middle names it. */
  const middle = (a, b) => Math.round((a[0] + b[0] + 720) * 1e4) * 1e8 + Math.round((a[1] + b[1] + 360) * 1e4);

  async function drawBorders(state) {
    const own = (state.drawing = {});
    const ringsOf = new Map();
    state.land.eachLayer(({ feature: { properties, geometry } }) => {
      const zone = zoneOf(state, properties.code);
      if (!zone) return;
      const polygons = geometry.type === "Polygon" ? [geometry.coordinates] : geometry.coordinates;
      ringsOf.set(zone, (ringsOf.get(zone) || []).concat(...polygons));
    });
    state.borders.clearLayers();
    for (const [zone, rings] of ringsOf) {
      const chains = outerChains(rings);
      await pause();
      // Meanwhile somebody may have chosen other zones.
      if (state.drawing !== own) return;
      const style = { pane: "zones", interactive: false, weight: 1.8, color: colour(zone.colour), opacity: isDimmed(state, zone) ? 0.35 : 0.95 };
      state.borders.addLayer(L.polyline(chains, style));
    }
  }

  function outerChains(rings) {
    const uses = new Map();
    const edges = (ring, use) => {
      for (let index = 1; index < ring.length; index += 1) use(ring[index - 1], ring[index]);
    };
    const count = (a, b) => uses.set(middle(a, b), (uses.get(middle(a, b)) || 0) + 1);
    for (const ring of rings) edges(ring, count);
    const chains = [];
    for (const ring of rings) {
      let chain = null;
      edges(ring, (a, b) => {
        if (uses.get(middle(a, b)) > 1) {
          chain = null;
          return;
        }
        if (!chain) chains.push((chain = [[a[1], a[0]]]));
        chain.push([b[1], b[0]]);
      });
    }
    return chains;
  }

  return { departments, colourLand, openPanel, closePanel };
})());
