"""Notebooks and runs: which cell made which, how it has changed since, the notebook of a run."""
