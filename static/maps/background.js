/* The operator's tiles below the land. Those of a third party are asked for once the visitor said yes, and no sooner. */
"use strict";

Object.assign(mesh, (() => {
  const { stateOf, make } = mesh;
  const KEY = "mesh:background";

  // A browser that keeps nothing asks each time.
  function remembered(host) {
    try {
      return localStorage.getItem(KEY) === host;
    } catch {
      return false;
    }
  }

  function remember(host) {
    try {
      if (host) localStorage.setItem(KEY, host);
      else localStorage.removeItem(KEY);
    } catch {
      // Nothing to do: the choice holds for this page.
    }
  }

  function background(map, layer, host) {
    const state = stateOf(map);
    state.background = layer;
    if (!host || remembered(host)) show(map, layer, host);
    if (host) offer(map, layer, host);
  }

  const hasTiles = (map) => Boolean(stateOf(map).background && map.hasLayer(stateOf(map).background));

  function show(map, layer) {
    layer.addTo(map);
    if (stateOf(map).land) mesh.colourLand(map);
  }

  function offer(map, layer, host) {
    const { stand, words } = stateOf(map);
    const box = make("p", "", { class: "map-consent small" });
    const button = make("button", "", { type: "button", class: "button quiet small" });
    const warning = make("span", words.warn);
    const tell = () => {
      const isShown = map.hasLayer(layer);
      button.textContent = (isShown ? words.stop : words.ask).replace("{host}", host);
      warning.hidden = isShown;
    };
    button.addEventListener("click", () => {
      const isShown = map.hasLayer(layer);
      if (isShown) layer.remove();
      else show(map, layer);
      remember(isShown ? "" : host);
      mesh.colourLand(map);
      tell();
    });
    tell();
    box.append(button, " ", warning);
    stand.insertAdjacentElement("afterend", box);
  }

  return { background, hasTiles };
})());
