// In the frame of another site nobody is asked whether a third party may be: the map does without its tiles.
if (mesh.background) {
  const { background } = mesh;
  mesh.background = (map, layer, told) => {
    if (!told.host) background(map, layer, told);
  };
}
