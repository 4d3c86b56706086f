"""Finding places: filters, counts, lists, and what they can be taken away as."""
