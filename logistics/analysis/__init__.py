"""Numbers in, numbers out: what was measured, how sure it is, and how two networks differ.

intervals       means, shares and quantiles with their intervals
distributions   counts on a fixed grid of days, small enough to travel between processes
definitions     every figure's unit and definition, in one place
figures         one network's parcels -> figures -> figures with intervals
paired          the same orders through two networks
cases           the two shoppers
comparison      all of it together: what tables, pictures and files are made from
"""
