"""Outlines of the states, for maps: see CREDITS.md."""
