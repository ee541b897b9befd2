"""What takes long or executes code, in processes of its own: run again, verify, export."""
