"""Scenarios run many times over, in several processes or on several machines.

plans       which scenarios go together
recipes     one run of the same orders through several networks, wherever it is made
crew        many tasks on workers that may end: in this process, in several, on a cluster
executors   where the work is done; `clusters` where Dask does it
comparing   the same orders through several networks, `compare`
studies     scenarios with some figures varied
store       the folder of a study, whose runs stay whatever ends the study
relief      what more capacity would save
tracing     one order through several networks, place by place
"""
