"""Runs from one store to another, and from other trackers' files: ids, times, points, artifacts."""
