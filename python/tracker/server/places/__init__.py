"""Which store is asked for: that of a folder, or one that was found or opened."""
