/* Filters and pages without a reload, the list and the map in step. Without this script the form and the links do it. */
"use strict";

(() => {
  const form = document.getElementById("filtres");
  const map = document.getElementById("map_carte");
  const announce = document.getElementById("annonce");
  const narrow = matchMedia("(max-width: 59.99rem)");
  const near = document.getElementById("autour");
  const follow = document.getElementById("suivre");
  let asked = 0;
  let shown = location.pathname + location.search;
  // What the map shows, kept here so that it travels with the form only while the list follows the map.
  let view = new URLSearchParams(location.search).get("vue") || "";

  function address() {
    const query = new URLSearchParams();
    for (const [name, value] of new FormData(form)) {
      if (!value || name === "vue" || (name === "programme" && value === "fablab")) continue;
      // A commune that was chosen is sent by its code, however many share its name.
      query.append(name, name === "autour" && value === near.dataset.label ? near.dataset.spot : value);
    }
    if (!query.has("autour")) query.delete("rayon");
    if (view) query.append("vue", view);
    return withQuery(query.toString());
  }

  function withQuery(query) {
    const path = new URL(form.action).pathname;
    return query ? `${path}?${query}` : path;
  }

  /* `history`: "push", "replace" while somebody is still typing, or nothing when the browser has moved already. */
  async function go(url, { history: move, keepFocus = false, toList = false, quietly = false } = {}) {
    const mine = ++asked;
    let page;
    try {
      const answer = await fetch(url, { headers: { Accept: "text/html" } });
      if (!answer.ok) throw new Error(answer.status);
      page = new DOMParser().parseFromString(await answer.text(), "text/html");
    } catch {
      if (mine === asked) location.assign(url);
      return;
    }
    if (mine !== asked) return;
    const fresh = page.getElementById("resultats");
    const held = document.activeElement && document.activeElement.id;
    document.getElementById("resultats").replaceWith(fresh);
    const legend = page.getElementById("legende");
    legend.open = document.getElementById("legende").open;
    document.getElementById("legende").replaceWith(legend);
    refreshForm(page, keepFocus);
    if (held && keepFocus && document.activeElement.id !== held) focusOn(held);
    remember(url, fresh.dataset.address, move, toList);
    view = new URLSearchParams(location.search).get("vue") || "";
    follow.checked = Boolean(view);
    if (!quietly || announce.textContent !== fresh.dataset.count) announce.textContent = fresh.dataset.count;
    if (toList) document.getElementById("liste").focus();
    const { query, programme, zone, plan, reach, circle } = fresh.dataset;
    if (!map.mesh) return;
    // A list that follows the map does not move it.
    map.mesh.filter({ query, programme, zone, plan, circle, reach: view ? null : reach });
    // A step back leads to what was in view then.
    if (!move && view && view !== map.mesh.view()) map.mesh.look(view);
  }

  function focusOn(id) {
    const element = document.getElementById(id);
    if (element) element.focus({ preventScroll: true });
  }

  // The address is the canonical one that the server wrote, so that one filter has one address. A page keeps its own.
  function remember(url, query, move, isPage) {
    const canonical = isPage ? url : withQuery(query);
    if (move === "push" && canonical !== location.pathname + location.search) history.pushState(null, "", canonical);
    if (move === "replace") history.replaceState(null, "", canonical);
    shown = location.pathname + location.search;
  }

  // Each part but the one being used: what a person is typing is not taken from under their fingers.
  function refreshForm(page, keepFocus) {
    const fresh = page.getElementById("filtres");
    for (const group of form.querySelectorAll("details[id]")) {
      const next = fresh.querySelector(`#${group.id}`);
      if (next) next.open = group.open || (next.open && next.id !== "criteres");
    }
    for (const next of fresh.querySelectorAll("details.group, fieldset.kinds, fieldset.moment")) refreshGroup(next);
    for (const old of form.querySelectorAll(".group[id]")) {
      if (!fresh.querySelector(`#${old.id}`)) old.remove();
    }
    for (const id of ["q", "autour", "rayon", "programme", "zone", "departement"]) {
      const old = document.getElementById(id);
      const next = fresh.querySelector(`#${id}`);
      // A commune that was found is written with its department at once: it is not typed letter by letter.
      refreshControl(old, next, keepFocus && id !== "autour");
    }
    setSpot(fresh.querySelector("#autour"));
    const count = form.querySelector("#criteres > summary");
    count.replaceChildren(...fresh.querySelector("#criteres > summary").childNodes);
  }

  function setSpot(next) {
    if (next.dataset.spot) Object.assign(near.dataset, { spot: next.dataset.spot, label: next.getAttribute("value") });
    else if (near.dataset.spot) {
      delete near.dataset.spot;
      delete near.dataset.label;
    }
  }

  function refreshControl(old, next, keepFocus) {
    if (keepFocus && old === document.activeElement && old.tagName === "INPUT" && old.type !== "checkbox") return;
    const value = next.value;
    if (old.tagName === "SELECT") old.replaceChildren(...next.children);
    if (old.type === "checkbox") old.checked = next.checked;
    else old.value = value;
  }

  // Boxes keep their place and their focus as long as they are the same ones; only what they say changes.
  function refreshGroup(next) {
    const old = next.id ? document.getElementById(next.id) : form.querySelector(`fieldset.${next.className}`);
    const ids = (part) => [...part.querySelectorAll("input, select")].map((control) => control.id).join();
    if (!old) {
      const before = form.querySelector("#g-activite");
      if (before) before.before(next);
      return;
    }
    if (ids(old) !== ids(next)) {
      old.replaceWith(next);
      return;
    }
    for (const control of old.querySelectorAll("input, select")) refreshControl(control, next.querySelector(`#${CSS.escape(control.id)}`), true);
    const counts = next.querySelectorAll(".count");
    old.querySelectorAll(".count").forEach((count, index) => {
      count.textContent = counts[index].textContent;
    });
    const head = old.querySelector(":scope > summary");
    if (head) head.replaceChildren(...next.querySelector(":scope > summary").childNodes);
  }

  /* --- the form -------------------------------------------------------------------------------------------------- */

  let pause;
  let typing = false;
  const isTyped = (control) => ["search", "text", "date", "datetime-local"].includes(control.type);

  document.addEventListener("input", (event) => {
    const control = event.target;
    if (control.form !== form) return;
    clearTimeout(pause);
    if (control.name === "programme") document.getElementById("zone").value = "";
    if (control.name === "ouvert") clearOther(control);
    if (control.id === "autour") return; // a name is asked for when it is whole: by Enter, or when one leaves the field
    const isText = isTyped(control);
    pause = setTimeout(() => {
      // One step back leaves the whole word, not its last letters.
      go(address(), { history: isText && typing ? "replace" : "push", keepFocus: true });
      typing = isText;
    }, isText ? 350 : 0);
  });

  // A moment is one of the list or one of one's own.
  function clearOther(control) {
    for (const other of form.querySelectorAll("[name=ouvert]")) if (other !== control) other.value = "";
  }

  near.addEventListener("change", () => go(address(), { history: "push", keepFocus: true }));
  // A commune among the suggestions, or where one is: asked for with all that is set, instead of what was typed.
  document.addEventListener("mesh:near", (event) => {
    event.preventDefault();
    clearTimeout(pause);
    document.getElementById("q").value = "";
    near.value = event.detail.spot;
    view = "";
    go(address(), { history: "push" });
  });
  document.getElementById("q").addEventListener("blur", () => {
    typing = false;
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    clearTimeout(pause);
    go(address(), { history: typing ? "replace" : "push", keepFocus: true });
  });
  form.querySelector("[data-submit]").hidden = true;
  if (near.dataset.spot) near.dataset.label = near.value;

  addEventListener("popstate", () => {
    // A link to a part of the page moves too, and asks for nothing.
    if (location.pathname + location.search !== shown) go(location.pathname + location.search);
  });

  /* --- the list and the map -------------------------------------------------------------------------------------- */

  follow.closest("label").hidden = false;
  follow.checked = Boolean(view);
  let rest;

  function keepInStep() {
    clearTimeout(rest);
    if (!follow.checked || !map.mesh || map.mesh.view() === view) return;
    rest = setTimeout(() => {
      view = map.mesh.view();
      go(address(), { history: "replace", keepFocus: true, quietly: true });
    }, 250);
  }

  document.addEventListener("mesh:view", keepInStep);
  // The map may have been there before: what an address brings was in view on another screen perhaps.
  keepInStep();

  follow.addEventListener("change", () => {
    clearTimeout(rest);
    view = follow.checked && map.mesh ? map.mesh.view() : "";
    go(address(), { history: "push", keepFocus: true });
  });

  document.addEventListener("click", (event) => {
    const show = event.target.closest("[data-show]");
    if (show && map.mesh) {
      if (narrow.matches) map.scrollIntoView({ block: "center" });
      map.mesh.show(show.dataset.show, show);
    }
    const look = event.target.closest("[data-look]");
    if (look && map.mesh) {
      event.preventDefault();
      map.mesh.look(look.dataset.look);
      return;
    }
    const skip = event.target.closest(".to-map");
    if (skip) {
      event.preventDefault();
      map.focus();
    }
    followHere(event);
  });

  // "Show all", what is set and the pages of the list are links to this very page.
  function followHere(event) {
    const link = event.target.closest(".map-side a[href]");
    if (!link || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    if (link.origin !== location.origin || link.pathname !== new URL(form.action).pathname || link.hash) return;
    event.preventDefault();
    clearTimeout(pause);
    go(link.pathname + link.search, { history: "push", toList: true });
  }

  for (const type of ["mouseover", "focusin"]) {
    document.addEventListener(type, (event) => {
      const item = event.target.closest?.("[data-place]");
      if (map.mesh) map.mesh.light(item ? item.dataset.place : "");
    });
  }

  document.getElementById("legende").open = !narrow.matches;
})();
