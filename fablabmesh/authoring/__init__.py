"""Writing events: forms of what comes again, the dates of a series one by one, drafts, history."""
