"""Caring for the directory together: proposals, corrections, duplicates, freshness."""
