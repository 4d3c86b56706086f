"""Labs, public digital spaces and support poles; calls for projects and their laureates."""
