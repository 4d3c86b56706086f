"""Imports and exports in the national open-data schemas, and the national data themselves."""
