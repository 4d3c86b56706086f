// Says how many dates the filter would give before it is sent. Without script, sending it says the same.
const form = document.querySelector("[data-agenda-filter]");
if (form) {
  const status = form.querySelector("[data-live-count]");
  let last = null;
  let timer = 0;
  const look = async () => {
    last?.abort();
    last = new AbortController();
    const query = new URLSearchParams([...new FormData(form)].filter(([, value]) => value !== ""));
    try {
      const answer = await fetch(`${form.action}?${query}`, { signal: last.signal, headers: { Accept: "text/html" } });
      if (!answer.ok) return;
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const count = page.querySelector("[data-count]");
      if (count) status.textContent = `${form.dataset.found} ${count.textContent.trim()}`;
    } catch (error) {
      if (error.name !== "AbortError") status.textContent = "";
    }
  };
  // A commune that is chosen among suggestions changes its field without being typed.
  for (const kind of ["input", "change"]) {
    form.addEventListener(kind, () => {
      clearTimeout(timer);
      timer = setTimeout(look, 400);
    });
  }
}
