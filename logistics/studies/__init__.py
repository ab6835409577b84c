"""Studies: scenarios with some figures varied, run often enough, and what is to be learnt of it.

study         the study as it is written in a file
forms         how a factor is written: a list, a range, a distribution
factors       what is varied: its values by their places from 0 to 1
scales        written values as numbers, and back
fields        fields of a scenario by path
assumptions   the assumed figures of scenarios as factors
what_ifs      named changes of a scenario, which compose
layouts       a study made ready: bases and factors
settings      which settings of the factors are run: the designs
designs       from a study to its points
points        one setting, and the scenarios that it makes
"""
