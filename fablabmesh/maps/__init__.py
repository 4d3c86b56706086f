"""The map: its composition, its data addresses."""
