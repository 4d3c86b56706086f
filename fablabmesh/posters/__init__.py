"""What a place prints: its code to scan and its poster."""
