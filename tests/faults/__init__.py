"""Fault injection: what is wrong is put into every field of every file, and must be told.

`worlds` has one small file for each network and promise; `places` finds all their fields from the
models; `values` has what is put there, by kind of fault; `reference` reads in the documentation
what a field takes; `injecting` does it and judges what comes back; `tables` does the same for
files of orders; `bounds` runs what was accepted; `report` writes the page.
"""
