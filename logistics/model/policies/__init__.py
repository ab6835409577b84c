"""Decisions behind one-method protocols: who ships an order, and what is promised."""
