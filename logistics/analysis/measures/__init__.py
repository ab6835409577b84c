"""What is measured: one definition and one set of sums for each metric."""
