"""The scenario file: its sections, its fields by path, what-ifs, and how it is loaded."""
