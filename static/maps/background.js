/* The operator's tiles below the places. Those of a third party are asked for once the visitor said yes, and no sooner.
   One background is a button; of several one chooses, in a part of the page below the map. */
"use strict";

Object.assign(mesh, (() => {
  const { stateOf, make } = mesh;
  const KEY = "mesh:background";
  const KEY_OF_CHOICE = "mesh:layers";
  // No field of the form that the map may stand in.
  const APART = { form: "" };

  // A browser that keeps nothing asks each time.
  function remembered(key) {
    try {
      return localStorage.getItem(key);
    } catch {
      return null;
    }
  }

  function remember(key, text) {
    try {
      if (text) localStorage.setItem(key, text);
      else localStorage.removeItem(key);
    } catch {
      // Nothing to do: the choice holds for this page.
    }
  }

  /* `told`: code, name, host, legend, overlay. */
  function background(map, layer, told) {
    const state = stateOf(map);
    state.tiles = [...(state.tiles || []), { ...told, layer }];
  }

  /* Once all of them are told. */
  function backgrounds(map) {
    const { tiles = [] } = stateOf(map);
    if (tiles.length === 1 && !tiles[0].overlay) alone(map, tiles[0]);
    else if (tiles.length) choose(map, tiles);
  }

  const hasTiles = (map) => (stateOf(map).tiles || []).some((each) => !each.overlay && map.hasLayer(each.layer));

  function show(map, each, isShown) {
    if (isShown) each.layer.addTo(map);
    else each.layer.remove();
  }

  // A frame of another site and a map of little room have a foot of their own.
  const below = (map, box) => stateOf(map).stand.insertAdjacentElement("afterend", box);

  const recolour = (map) => {
    if (stateOf(map).land) mesh.colourLand(map);
  };

  /* --- one ------------------------------------------------------------------------------------------------------ */

  function alone(map, each) {
    show(map, each, !each.host || remembered(KEY) === each.host);
    if (each.host) offer(map, each);
  }

  function offer(map, each) {
    const { words } = stateOf(map);
    const box = make("p", "", { class: "map-consent small" });
    const button = make("button", "", { type: "button", class: "button quiet small" });
    const warning = make("span", words.warn);
    const tell = () => {
      const isShown = map.hasLayer(each.layer);
      button.textContent = (isShown ? words.stop : words.ask).replace("{host}", each.host);
      warning.hidden = isShown;
    };
    button.addEventListener("click", () => {
      const isShown = map.hasLayer(each.layer);
      show(map, each, !isShown);
      remember(KEY, isShown ? "" : each.host);
      recolour(map);
      tell();
    });
    tell();
    box.append(button, " ", warning);
    below(map, box);
  }

  /* --- several: whose box names a host has agreed to it --------------------------------------------------------- */

  /* What was chosen before, as far as it is still there under the same host; else what asks nobody anything. */
  function firstChoice(tiles) {
    let chosen = null;
    try {
      chosen = JSON.parse(remembered(KEY_OF_CHOICE));
    } catch {
      // Not ours to read.
    }
    if (!Array.isArray(chosen)) return tiles.filter((each) => !each.overlay && !each.host).slice(0, 1);
    return tiles.filter((each) => chosen.includes(`${each.code} ${each.host}`));
  }

  function choose(map, tiles) {
    const { words, element } = stateOf(map);
    const box = make("details", "", { class: "map-layers small" });
    const body = make("div", "", { class: "map-layers-groups" });
    box.append(make("summary", words.layers), body);
    const boxes = [];
    const group = (title, type, members, first) => {
      const frame = make("fieldset");
      frame.append(make("legend", title), ...first);
      for (const each of members) {
        const input = make("input", "", { type, name: `${element.id}-${type}`, value: each.code, ...APART });
        input.checked = shown.includes(each);
        boxes.push([input, each]);
        frame.append(...lineOf(input, each, words));
      }
      body.append(frame);
    };
    const shown = firstChoice(tiles);
    const bases = tiles.filter((each) => !each.overlay);
    const overlays = tiles.filter((each) => each.overlay);
    const none = make("input", "", { type: "radio", name: `${element.id}-radio`, value: "", ...APART });
    none.checked = !shown.some((each) => !each.overlay);
    if (bases.length) group(words.bases, "radio", bases, lineOf(none, { name: words.land }, words));
    if (overlays.length) group(words.overlays, "checkbox", overlays, []);
    body.append(make("p", words.kept, { class: "muted" }));
    for (const [input, each] of boxes) show(map, each, input.checked);
    body.addEventListener("change", () => {
      for (const [input, each] of boxes) show(map, each, input.checked);
      const chosen = boxes.filter(([input]) => input.checked).map(([, each]) => `${each.code} ${each.host}`);
      remember(KEY_OF_CHOICE, JSON.stringify(chosen));
      recolour(map);
    });
    below(map, box);
  }

  /* A box with its name, who will be asked, and what its colours mean. */
  function lineOf(input, { name, host, legend }, words) {
    const label = make("label");
    const text = make("span", name);
    if (host) text.append(make("span", ` (${words.tells.replace("{host}", host)})`, { class: "muted" }));
    label.append(input, " ", text);
    if (!legend) return [label];
    const told = make("p", legend, { class: "map-layers-legend muted", id: `${input.name}-${input.value}` });
    input.setAttribute("aria-describedby", told.id);
    return [label, told];
  }

  return { background, backgrounds, hasTiles };
})());
