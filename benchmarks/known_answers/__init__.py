"""Cases whose answer is known from theory, from published examples or from other simulators."""
