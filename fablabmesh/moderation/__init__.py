"""The one queue of a zone: events, projects, places and corrections that wait for somebody’s word."""
