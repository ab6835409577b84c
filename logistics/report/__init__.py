"""What a planner gets to see, made from a `Comparison`.

wording     figures and verdicts as text
tables      tables for the terminal
pictures    charts, written as PNG and SVG
summary     summary.json and summary.csv
"""
