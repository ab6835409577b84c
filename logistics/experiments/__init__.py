"""Scenarios run many times over, in several processes or on several machines.

plan            which scenarios go together
replicate       one run of the same orders through several networks, wherever it is made
compare         all runs of a plan, accumulated
added_capacity  what more capacity would save
trace           one order through several networks, place by place
workers         many tasks on workers that may end: in this process, in several, on a cluster
"""
