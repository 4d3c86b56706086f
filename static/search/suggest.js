/* A search field that suggests as one types: the combobox of the WAI-ARIA authoring practices, with a list that is read
   and not filled in. Without this script, or without the network, the field is a field and the form searches. */
"use strict";

(() => {
  const PAUSE = 140;

  function element(name, attributes, ...children) {
    const made = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    made.append(...children);
    return made;
  }

  // A page that filters in place goes on from the filter that is set; elsewhere a search around a spot begins anew.
  function lead(href) {
    const spot = new URL(href, location.href).searchParams.get("autour");
    if (spot && !document.dispatchEvent(new CustomEvent("mesh:near", { detail: { spot }, cancelable: true }))) return;
    location.assign(href);
  }

  function suggest(input) {
    const told = input.dataset;
    const id = `${input.id || "q"}-suggestions`;
    const list = element("div", { id, role: "listbox", class: "suggest-list", "aria-label": told.listLabel, hidden: "" });
    const status = element("p", { role: "status", class: "visually-hidden" });
    const holder = element("div", { class: "suggest" });
    const was = document.activeElement === input;
    input.replaceWith(holder);
    holder.append(input, list, status);
    if (was) input.focus();
    for (const [key, value] of Object.entries({ role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": id })) {
      input.setAttribute(key, value);
    }

    let options = [];
    let chosen = -1;
    let timer;
    let asked;
    let shown = "";

    function close() {
      list.hidden = true;
      input.setAttribute("aria-expanded", "false");
      choose(-1);
    }

    function choose(index) {
      options[chosen]?.setAttribute("aria-selected", "false");
      chosen = index;
      const option = options[index];
      if (!option) {
        input.removeAttribute("aria-activedescendant");
        return;
      }
      option.setAttribute("aria-selected", "true");
      input.setAttribute("aria-activedescendant", option.id);
      option.scrollIntoView({ block: "nearest" });
    }

    function toOption(item, index, kind = "") {
      const option = element("div", { id: `${id}-${index}`, role: "option", class: `suggest-option${kind}`, "aria-selected": "false", "data-href": item.href }, item.label);
      if (item.value) Object.assign(option.dataset, { value: item.value, spot: item.spot });
      if (item.detail) option.append(element("small", {}, item.detail));
      return option;
    }

    /* Of a field that is to be filled in: with the name, and beside it with what addresses call it. */
    function take(option) {
      const { href, value, spot } = option.dataset;
      close();
      if (!value) {
        lead(href);
        return;
      }
      shown = value;
      input.value = value;
      Object.assign(input.dataset, { label: value, spot });
      status.textContent = "";
      input.dispatchEvent(new Event("change", { bubbles: true }));
    }

    function fill(answer) {
      list.replaceChildren();
      options = [];
      if (answer.mended) list.append(element("p", { class: "suggest-mended", role: "presentation" }, answer.mended));
      answer.groups.forEach((group, number) => {
        const label = element("div", { id: `${id}-group-${number}`, class: "suggest-label", role: "presentation" }, group.label);
        const part = element("div", { role: "group", "aria-labelledby": label.id }, label);
        for (const item of group.items) {
          const option = toOption(item, options.length);
          options.push(option);
          part.append(option);
        }
        list.append(part);
      });
      const count = options.length;
      if (answer.all) {
        const last = toOption(answer.all, options.length, " suggest-all");
        options.push(last);
        list.append(last);
      }
      chosen = -1;
      input.removeAttribute("aria-activedescendant");
      list.hidden = !options.length;
      input.setAttribute("aria-expanded", String(!list.hidden));
      list.scrollTop = 0;
      const many = count === 1 ? told.one : told.many.replace("{n}", count);
      status.textContent = count ? `${answer.mended ? `${answer.mended}. ` : ""}${many}. ${told.how}` : told.none;
    }

    async function ask() {
      const text = input.value.trim();
      asked?.abort();
      shown = text;
      if (!text) {
        status.textContent = "";
        close();
        return;
      }
      asked = new AbortController();
      const { signal } = asked;
      try {
        const answer = await fetch(`${told.suggest}?${new URLSearchParams({ q: text })}`, { signal });
        if (!answer.ok) throw new Error(String(answer.status));
        const found = await answer.json();
        if (!signal.aborted && document.activeElement === input) fill(found);
      } catch {
        // Typed over, or no network: what is in the field can still be searched.
        if (signal.aborted) return;
        list.replaceChildren();
        options = [];
        close();
      }
    }

    input.addEventListener("input", () => {
      clearTimeout(timer);
      timer = setTimeout(ask, PAUSE);
    });

    input.addEventListener("keydown", (event) => {
      const isOpen = !list.hidden;
      if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        event.preventDefault();
        if (!isOpen) {
          if (options.length && shown === input.value.trim() && shown) {
            list.hidden = false;
            input.setAttribute("aria-expanded", "true");
          } else {
            ask();
          }
          return;
        }
        // One place more than there are options: the field itself, where one came from.
        const places = options.length + 1;
        choose(((chosen + 1 + (event.key === "ArrowDown" ? 1 : -1) + places) % places) - 1);
      } else if (event.key === "Enter") {
        clearTimeout(timer);
        asked?.abort();
        if (isOpen && chosen >= 0) {
          event.preventDefault();
          event.stopPropagation();
          take(options[chosen]);
        } else {
          close();
        }
      } else if (event.key === "Escape" && isOpen) {
        // The first time the list goes, the second time what was typed.
        event.preventDefault();
        close();
      } else if (event.key === "Tab") {
        close();
      }
    });

    // The field keeps the focus while a finger or a mouse is on the list.
    list.addEventListener("mousedown", (event) => event.preventDefault());
    list.addEventListener("click", (event) => {
      const option = event.target.closest("[role=option]");
      if (option) take(option);
    });
    input.addEventListener("blur", () => {
      clearTimeout(timer);
      asked?.abort();
      close();
    });
  }

  function nearMe(button) {
    const part = button.parentElement;
    const said = part.querySelector("[data-near-me-told]");
    const note = part.querySelector("[data-near-me-note]");
    button.hidden = false;
    button.addEventListener("click", () => {
      // What becomes of it is told while the browser asks.
      note.hidden = false;
      said.textContent = button.dataset.asking;
      navigator.geolocation.getCurrentPosition(
        ({ coords }) => {
          const spot = `${Number(coords.latitude.toFixed(3))},${Number(coords.longitude.toFixed(3))}`;
          said.textContent = "";
          lead(`${button.dataset.to}?autour=${spot}`);
        },
        () => {
          note.hidden = true;
          said.textContent = button.dataset.refused;
        },
        { timeout: 15000, maximumAge: 300000 },
      );
    });
  }

  document.querySelectorAll("input[data-suggest]").forEach(suggest);
  if (navigator.geolocation && window.isSecureContext) document.querySelectorAll("[data-near-me]").forEach(nearMe);
})();
