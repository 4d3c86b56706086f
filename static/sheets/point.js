// The point of a place on the small map: dragged, moved by arrow keys, or typed. The fields are what is saved.
(() => {
  const element = document.querySelector("[data-point]");
  const map = window.map_carte;
  if (!element || !map || !window.L) return;
  const [latitude, longitude] = ["latitude", "longitude"].map((name) => document.querySelector(`[name=${name}]`));
  const told = document.querySelector("[data-point-told]");
  const precise = document.querySelector("[name=precision][value=address]");
  const icon = L.divIcon({
    className: "point-mark",
    iconSize: [44, 44],
    iconAnchor: [22, 42],
    html: '<svg viewBox="0 0 24 24" width="40" height="40" aria-hidden="true"><path d="M12 23S4 15 4 9a8 8 0 0 1 16 0c0 6-8 14-8 14Z" fill="currentColor" stroke="#fff" stroke-width="1.5"/><circle cx="12" cy="9" r="3" fill="#fff"/></svg>',
  });
  let marker;

  const typed = () => {
    const [lat, lng] = [latitude.value, longitude.value].map((text) => (text.trim() === "" ? NaN : Number(text.replace(",", "."))));
    return Math.abs(lat) <= 90 && Math.abs(lng) <= 180 ? L.latLng(lat, lng) : undefined;
  };

  function write(where) {
    latitude.value = where.lat.toFixed(5);
    longitude.value = where.wrap().lng.toFixed(5);
    if (precise) precise.checked = true;
    latitude.dispatchEvent(new Event("input", { bubbles: true }));
    told.textContent = told.dataset.words.replace("{place}", `${latitude.value}, ${longitude.value}`);
  }

  function put(where) {
    if (marker) {
      marker.setLatLng(where);
      return;
    }
    marker = L.marker(where, { icon, draggable: true, keyboard: true, zIndexOffset: 2000, autoPan: true }).addTo(map);
    const mark = marker.getElement();
    mark.setAttribute("aria-label", element.dataset.point);
    mark.dataset.pointMark = "";
    marker.on("dragend", () => write(marker.getLatLng()));
    mark.addEventListener("keydown", (event) => {
      const steps = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] }[event.key];
      if (!steps) return;
      event.preventDefault();
      event.stopPropagation();
      const far = event.shiftKey ? 1 : 12;
      const from = map.latLngToContainerPoint(marker.getLatLng());
      put(map.containerPointToLatLng(from.add([steps[0] * far, steps[1] * far])));
      map.panInside(marker.getLatLng(), { padding: [40, 40] });
      write(marker.getLatLng());
    });
  }

  for (const field of [latitude, longitude]) {
    field.addEventListener("change", () => {
      const where = typed();
      if (!where) return;
      put(where);
      map.setView(where, map.getZoom(), { animate: false });
    });
  }
  const centre = document.querySelector("[data-centre]");
  centre.closest("[data-needs-script]").hidden = false;
  centre.addEventListener("click", () => {
    put(map.getCenter());
    write(map.getCenter());
  });
  // A map in a folded part has no size until it is seen.
  element.closest("details")?.addEventListener("toggle", () => {
    map.invalidateSize();
    const where = typed();
    if (where) map.setView(where, map.getZoom(), { animate: false });
  });
  if (typed()) put(typed());
})();
