"""The fluent API, the explicit `Client`, and the life of runs. Its names are those of `tracker`."""
