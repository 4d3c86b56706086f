"""What people want to be told by mail, how often, and what was kept for them."""
