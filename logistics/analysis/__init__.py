"""Numbers in, numbers out: what was measured, how sure it is, and how two networks differ.

measures     one file per family of metrics, and the registry; `register` adds one of your own
statistics   intervals, rare rates, when to stop, warm-up, which assumption matters
accumulate   runs added up one at a time, and the comparison over them
comparison   all of it together: what tables, pictures and files are made from
"""
