"""What a planner gets to see, made from a `Comparison`.

text/               every sentence: estimates in words, the answer, caveats, assumptions, journeys
tables/             every table, made once by subject; terminal, page and workbook render it
pictures/           charts and maps, and the catalog of those in a report
studies/            answer, tables, page and files of a study
page                report.html
summary             summary.json and summary.csv
folder              all of it, as files
"""
