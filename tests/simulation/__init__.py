"""Years of changes, and those who follow them."""
