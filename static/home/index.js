/* Filters and pages without a reload, the list and the map in step. Without this script the form and the links do it. */
"use strict";

(() => {
  const form = document.getElementById("filtres");
  const map = document.getElementById("map_carte");
  const announce = document.getElementById("annonce");
  const narrow = matchMedia("(max-width: 59.99rem)");
  let asked = 0;
  let shown = location.pathname + location.search;

  function address() {
    const query = new URLSearchParams();
    for (const [name, value] of new FormData(form)) {
      if (value && !(name === "programme" && value === "fablab")) query.append(name, value);
    }
    return withQuery(query.toString());
  }

  function withQuery(query) {
    const path = new URL(form.action).pathname;
    return query ? `${path}?${query}` : path;
  }

  /* `history`: "push", "replace" while somebody is still typing, or nothing when the browser has moved already. */
  async function go(url, { history: move, keepFocus = false, toList = false } = {}) {
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
    document.getElementById("resultats").replaceWith(fresh);
    const legend = page.getElementById("legende");
    legend.open = document.getElementById("legende").open;
    document.getElementById("legende").replaceWith(legend);
    refreshForm(page, keepFocus);
    remember(url, fresh.dataset.query, move, toList);
    announce.textContent = fresh.dataset.count;
    if (toList) document.getElementById("liste").focus();
    if (map.mesh) map.mesh.filter({ query: fresh.dataset.query, programme: fresh.dataset.programme, zone: fresh.dataset.zone, plan: fresh.dataset.plan });
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
    for (const id of ["q", "programme", "zone"]) {
      const old = document.getElementById(id);
      if (keepFocus && old === document.activeElement) continue;
      const next = fresh.querySelector(`#${id}`);
      const value = next.value;
      if (old.tagName === "SELECT") old.replaceChildren(...next.children);
      old.value = value;
    }
    const boxes = [...form.querySelectorAll("[name=genre]")];
    [...fresh.querySelectorAll("[name=genre]")].forEach((next, index) => {
      boxes[index].checked = next.checked;
      boxes[index].parentElement.querySelector(".muted").textContent = next.parentElement.querySelector(".muted").textContent;
    });
    const reset = form.querySelector(".actions a");
    const nextReset = fresh.querySelector(".actions a");
    if (reset && !nextReset) reset.remove();
    if (!reset && nextReset) form.querySelector(".actions").append(nextReset);
  }

  /* --- the form -------------------------------------------------------------------------------------------------- */

  let pause;
  let typing = false;
  form.addEventListener("input", (event) => {
    clearTimeout(pause);
    const isText = event.target.type === "search";
    if (event.target.name === "programme") document.getElementById("zone").value = "";
    pause = setTimeout(() => {
      // One step back leaves the whole word, not its last letters.
      go(address(), { history: isText && typing ? "replace" : "push", keepFocus: true });
      typing = isText;
    }, isText ? 350 : 0);
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

  addEventListener("popstate", () => {
    // A link to a part of the page moves too, and asks for nothing.
    if (location.pathname + location.search !== shown) go(location.pathname + location.search);
  });

  /* --- the list and the map -------------------------------------------------------------------------------------- */

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

  // "Show all" and the pages of the list are links to this very page.
  function followHere(event) {
    const link = event.target.closest(".map-side a[href]");
    if (!link || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    if (link.origin !== location.origin || link.pathname !== new URL(form.action).pathname || link.hash) return;
    event.preventDefault();
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
