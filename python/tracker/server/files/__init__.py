"""Files of runs, read in parts: ranges, windows of tables, texts found, archives."""
