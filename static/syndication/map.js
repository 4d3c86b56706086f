// In the frame of another site nobody is asked whether a third party may be: the map does without its background.
if (mesh.background) {
  const { background } = mesh;
  mesh.background = (map, layer, host) => {
    if (!host) background(map, layer, host);
  };
}
