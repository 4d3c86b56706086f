/* The land: departments in the colour of their zone, the zones' borders, and a zone's popup. */
"use strict";

Object.assign(mesh, (() => {
  const { NEUTRAL, still, stateOf, colour, read, make, titled, openPopup, hasTiles } = mesh;

  async function departments(map, address, zonesAddress) {
    const state = stateOf(map);
    const ready = (async () => {
      const [shapes, zones] = await Promise.all([read(address), read(zonesAddress)]);
      state.zones = zones;
      state.borders = L.layerGroup();
      // Streets stay readable under the colour of a zone.
      state.tint = hasTiles(map) ? 0.12 : 0.26;
      state.land = L.geoJSON(shapes, {
        pane: "zones",
        style: (feature) => styleOf(state, feature),
        onEachFeature: (feature, layer) => wireDepartment(map, feature, layer),
      }).addTo(map);
      state.borders.addTo(map);
      colourLand(map);
    })();
    state.waiting.push(ready);
    return ready;
  }

  function zoneOf(state, code) {
    const programme = state.zones.programmes[state.programme];
    return programme ? programme.zones[programme.departments[code]] : undefined;
  }

  const isDimmed = (state, zone) => Boolean(state.zone) && (!zone || zone.slug !== state.zone);

  function styleOf(state, feature) {
    const zone = zoneOf(state, feature.properties.code);
    const dimmed = isDimmed(state, zone);
    return {
      weight: 0.7,
      color: zone ? colour(zone.colour) : NEUTRAL,
      opacity: dimmed ? 0.2 : 0.5,
      fillColor: zone ? colour(zone.colour) : NEUTRAL,
      fillOpacity: zone ? (dimmed ? 0.07 : state.tint) : 0.08,
    };
  }

  function wireDepartment(map, feature, layer) {
    const state = stateOf(map);
    const own = () => zoneOf(state, feature.properties.code);
    layer.on("mouseover", () => emphasise(state, own()));
    layer.on("mouseout", () => emphasise(state, undefined));
    layer.on("click", (event) => {
      if (own()) openPopup(map, event.latlng, zonePopup(state, own(), feature.properties.name));
    });
  }

  function emphasise(state, zone) {
    state.land.eachLayer((layer) => {
      const style = styleOf(state, layer.feature);
      const own = zoneOf(state, layer.feature.properties.code);
      if (zone && own && own.slug === zone.slug) style.fillOpacity = state.tint + 0.16;
      layer.setStyle(style);
    });
  }

  function zonePopup(state, zone, department) {
    const box = titled(zone.name, zone.url);
    box.append(make("p", department, { class: "muted" }));
    if (zone.poles.length) box.append(make("p", `${state.words.pole} ${zone.poles.join(", ")}`));
    box.append(make("p", zone.counts));
    return box;
  }

  /* After a change of programme or zone. Nothing to do while the land is still on its way. */
  function colourLand(map) {
    const state = stateOf(map);
    if (!state.land) return;
    emphasise(state, undefined);
    drawBorders(state);
    if (!state.zone || state.element.dataset.view) return;
    const bounds = L.latLngBounds([]);
    state.land.eachLayer((layer) => {
      const zone = zoneOf(state, layer.feature.properties.code);
      if (zone && zone.slug === state.zone) bounds.extend(layer.getBounds());
    });
    if (bounds.isValid()) map.fitBounds(bounds, { animate: !still, padding: [12, 12] });
  }

  /* A zone's border is every edge that no two of its departments share: it needs no polygon of its own on the wire.
     Neighbours are simplified together, so that a shared edge has the same ends; its middle names it. */
  const middle = (a, b) => Math.round((a[0] + b[0] + 720) * 1e4) * 1e8 + Math.round((a[1] + b[1] + 360) * 1e4);

  function drawBorders(state) {
    const ringsOf = new Map();
    state.land.eachLayer(({ feature: { properties, geometry } }) => {
      const zone = zoneOf(state, properties.code);
      if (!zone) return;
      const polygons = geometry.type === "Polygon" ? [geometry.coordinates] : geometry.coordinates;
      ringsOf.set(zone, (ringsOf.get(zone) || []).concat(...polygons));
    });
    state.borders.clearLayers();
    for (const [zone, rings] of ringsOf) {
      const style = { pane: "zones", interactive: false, weight: 1.8, color: colour(zone.colour), opacity: isDimmed(state, zone) ? 0.35 : 0.95 };
      state.borders.addLayer(L.polyline(outerChains(rings), style));
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

  return { departments, colourLand };
})());
