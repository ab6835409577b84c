"""Scenarios run many times over, in several processes.

executors   where the work is done: in this process, or in several
comparing   the same orders through several networks, `compare`
tracing     one order through several networks, place by place
"""
