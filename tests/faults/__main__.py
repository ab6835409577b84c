"""Tries every fault and writes the page that says how many: `python -m tests.faults`."""

from .report import main

if __name__ == "__main__":
    main()
