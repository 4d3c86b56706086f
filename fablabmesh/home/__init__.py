"""Pages that belong to no room: the dashboard, the about and legal pages, errors."""
