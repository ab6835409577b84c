"""Every sentence: estimates in words, the answer, caveats, assumptions, journeys."""
