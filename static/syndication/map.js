// In the frame of another site nobody is asked whether a third party may be: the map does without its tiles.
if (mesh.background) {
  const { background } = mesh;
  mesh.background = (map, layer, told) => {
    if (!told.host) background(map, layer, told);
  };
}

// What is overseas is looked at in the frame itself; where it is another window that is asked for, the link leads there.
document.addEventListener("click", (event) => {
  const look = event.target.closest(".inset[data-look]");
  const { mesh: drawn } = document.getElementById("map_carte");
  if (!look || !drawn || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  drawn.look(look.dataset.look);
});
