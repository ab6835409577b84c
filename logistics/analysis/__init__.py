"""Numbers in, numbers out: what was measured, how sure it is, and how two networks differ.

intervals       means, shares and quantiles with their intervals
distributions   counts on a fixed grid of days, small enough to travel between processes
definitions     every figure's unit and definition, in one place
figures         one network's parcels -> figures -> figures with intervals
paired          the same orders through two networks
cases           the two shoppers
tallies         counts and sums by market, product, date, weekday, touches
attribution     from one network's hours and share late to another's, cause by cause
comparison      all of it together: what tables, pictures and files are made from
gathering       runs taken in one at a time, and the comparison over them

How sure it is, and whether it was enough:

rates, simultaneous, stopping        rare rates, several scenarios at once, when to stop
goals                                how far a figure is from being precise enough
warm_up, unfinished                  what the beginning and the end of a run do to a figure
sensitivity, screening, uncertainty  which assumption matters, and how far the answer moves
precision, differences, selection    runs needed, two shares or means, the best of several
"""
