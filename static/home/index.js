/* Filters without a reload, the list and the map in step. Without this script the form and the links do the same. */
"use strict";

(() => {
  const form = document.getElementById("filtres");
  const map = document.getElementById("map_carte");
  const announce = document.getElementById("annonce");
  let asked = 0;

  function address() {
    const query = new URLSearchParams();
    for (const [name, value] of new FormData(form)) {
      if (value && !(name === "programme" && value === "fablab")) query.append(name, value);
    }
    const text = query.toString();
    return form.action.split("?")[0] + (text ? `?${text}` : "");
  }

  async function go(url, { push, keepFocus }) {
    const mine = ++asked;
    let answer;
    try {
      answer = await fetch(url, { headers: { Accept: "text/html" } });
    } catch {
      location.assign(url);
      return;
    }
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (mine !== asked) return;
    const fresh = page.getElementById("resultats");
    if (!answer.ok || !fresh) {
      location.assign(url);
      return;
    }
    document.getElementById("resultats").replaceWith(fresh);
    document.getElementById("legende").replaceWith(page.getElementById("legende"));
    refreshForm(page, keepFocus);
    if (push) history.pushState(null, "", url);
    announce.textContent = fresh.dataset.count;
    reveal();
    if (map.mesh) map.mesh.filter({ query: fresh.dataset.query, programme: fresh.dataset.programme, zone: fresh.dataset.zone });
  }

  // Each part but the one being used: what a person is typing is not taken from under their fingers.
  function refreshForm(page, keepFocus) {
    const fresh = page.getElementById("filtres");
    const typed = document.activeElement;
    for (const id of ["q", "programme", "zone"]) {
      const old = document.getElementById(id);
      if (keepFocus && old === typed) continue;
      const next = fresh.querySelector(`#${id}`);
      if (old.tagName === "SELECT") old.replaceChildren(...next.children);
      else old.value = next.value;
      if (old.tagName === "SELECT") old.value = [...old.options].find((option) => option.hasAttribute("selected"))?.value ?? old.options[0].value;
    }
    const boxes = [...form.querySelectorAll("[name=genre]")];
    [...fresh.querySelectorAll("[name=genre]")].forEach((next, index) => {
      boxes[index].checked = next.hasAttribute("checked");
      boxes[index].parentElement.querySelector(".muted").textContent = next.parentElement.querySelector(".muted").textContent;
    });
    const reset = form.querySelector(".actions a");
    const nextReset = fresh.querySelector(".actions a");
    if (reset && !nextReset) reset.remove();
    if (!reset && nextReset) form.querySelector(".actions").append(nextReset);
  }

  let pause;
  form.addEventListener("input", (event) => {
    clearTimeout(pause);
    if (event.target.name === "programme") document.getElementById("zone").value = "";
    pause = setTimeout(() => go(address(), { push: true, keepFocus: true }), event.target.type === "search" ? 350 : 0);
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    clearTimeout(pause);
    go(address(), { push: true, keepFocus: false });
  });
  addEventListener("popstate", () => go(location.href, { push: false, keepFocus: false }));
  form.querySelector("[data-submit]").hidden = true;

  document.addEventListener("click", (event) => {
    const show = event.target.closest("[data-show]");
    if (show && map.mesh) {
      if (narrow.matches) map.scrollIntoView({ block: "center" });
      map.mesh.show(show.dataset.show);
    }
    const look = event.target.closest("[data-look]");
    if (look && map.mesh) map.mesh.look(look.dataset.look);
  });
  for (const type of ["mouseover", "focusin"]) {
    document.addEventListener(type, (event) => {
      const item = event.target.closest?.("[data-place]");
      if (map.mesh) map.mesh.light(item ? item.dataset.place : "");
    });
  }

  const narrow = matchMedia("(max-width: 59.99rem)");

  function reveal() {
    document.getElementById("legende").open = !narrow.matches;
    if (!map.mesh) return;
    for (const element of document.querySelectorAll("[data-show], .views")) element.hidden = false;
  }
  map.addEventListener("mesh:ready", reveal);
  reveal();
})();
