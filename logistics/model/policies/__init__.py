"""The decisions of a run: who ships an order, and what is promised."""
