"""Studies: scenarios with some values varied, run often enough, and what is to be learned of it.

study              the study as it is written in a file
factor_syntax      how a factor is written: a list, a range, a distribution
factors            what is varied: its values by their places from 0 to 1
assumptions        the assumed values of scenarios as factors
resolve            base scenarios and factors of a study
designs            which design points are run
points             each design point with the scenarios that it makes
run                runs what is missing; `progress` knows how far each point is
store              the folder of a study, whose runs stay whatever ends the study
results, effects   what the finished runs say
assumption_ranges  the wide intervals of a comparison
"""
