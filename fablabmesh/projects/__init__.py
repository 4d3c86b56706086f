"""Collaborative projects and the labs that take part in them."""
