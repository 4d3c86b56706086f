"""One door per library; nothing here knows what a Fab Lab is."""
