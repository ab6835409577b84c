"""Local calendars in ticks: working days, departures, shifts, and what disrupts them."""
