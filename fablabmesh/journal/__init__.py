"""Everything that was changed, by whom and when, and how to take it back."""
