"""What people read of a study.

answer      the sentences at the top
tables      its tables
page        report.html
workbook    summary.xlsx
folder      all files that are made from finished runs
"""
