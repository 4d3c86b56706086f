"""Fab Lab Mesh: the directory, the map and the shared agenda of a national network of makers."""
