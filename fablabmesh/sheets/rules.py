"""How much a page may hold. Pure."""

MOST_PICTURES = 8
MOST_MACHINES = 100
MOST_PEOPLE = 20
