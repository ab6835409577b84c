"""The three built-in networks, and what they are built from: siting, sizing, carrier."""
