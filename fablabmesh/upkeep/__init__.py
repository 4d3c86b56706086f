"""What becomes of an event once it is written: its dates one by one, its image, its history, its deletion."""
