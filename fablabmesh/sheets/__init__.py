"""Looking after the page of a place: its machines, people, pictures, point and opening hours."""
