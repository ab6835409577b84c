"""What customers order: generated, read from a file, or given as a table."""
