"""What people read of a study.

answer      the sentences at the top
tables      its tables and sheets
page        report.html
folder      all files that are made from finished runs
"""
