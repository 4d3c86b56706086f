// Shows at once what has been chosen: the line and the frame follow the form. Without it, the button does.
const form = document.getElementById("composer");
const parts = { ligne: "value", cadre: "value", "titre-apercu": "textContent", entier: "href" };
let waiting = 0;
let asked = 0;

async function follow() {
  const query = new URLSearchParams([...new FormData(form)].filter(([, value]) => value));
  const address = `${form.getAttribute("action")}?${query}`;
  const mine = ++asked;
  const answer = await fetch(address);
  if (!answer.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  if (mine !== asked) return;
  history.replaceState(null, "", address);
  for (const [id, property] of Object.entries(parts)) {
    const [here, there] = [document.getElementById(id), page.getElementById(id)];
    if (here && there) here[property] = there[property];
  }
  const [frame, made] = [document.getElementById("cadre-apercu"), page.getElementById("cadre-apercu")];
  frame.title = made.title;
  frame.height = made.height;
  if (frame.getAttribute("src") === made.getAttribute("src")) return;
  // A new one: another address in the old one would be a step of the history, and « back » must lead out of this page.
  const next = frame.cloneNode();
  next.src = made.getAttribute("src");
  next.style.height = "";
  frame.replaceWith(next);
}

// A commune that is chosen among suggestions changes its field without being typed.
for (const kind of ["input", "change"]) {
  form.addEventListener(kind, () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => follow().catch(() => {}), 350);
  });
}
