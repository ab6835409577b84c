"""Numbers in, numbers out: intervals, rates, precision, sensitivity."""
