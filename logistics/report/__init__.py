"""What a planner gets to see, made from a `Comparison`.

wording, answer, remarks            figures, verdicts and doubts as text
tables, journeys                    for the terminal
pictures/                           charts and maps
gallery                             every picture of a report
assumptions, page_tables, page      report.html
workbook                            summary.xlsx
summary                             summary.json and summary.csv
folder                              all of it, as files
"""
