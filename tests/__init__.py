"""Tests; `python -m tests.faults` tries every fault. A package, because others install theirs."""
