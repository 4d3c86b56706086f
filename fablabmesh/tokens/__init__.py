"""Programs that act for a person: API tokens, and the API that writes."""
