"""The figures of zones, programmes and the nation, each with the list behind it."""
