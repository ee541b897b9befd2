"""Runs as people see them, from entities alone: facts of a card, then HTML or text of it."""
