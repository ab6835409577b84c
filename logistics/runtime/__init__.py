"""The machine underneath: threads, interrupts, output folders, locks, versions."""
