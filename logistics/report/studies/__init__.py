"""What people read of a study.

answer      the sentences at the top
page        report.html and summary.xlsx
folder      all files that are made from finished runs
"""
