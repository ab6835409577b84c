"""Every table, made once and shown by three renderers.

table                                   the model: typed cells, columns, rows
metrics, groups, provenance             the tables, by subject
terminal, workbook, and the page        the renderers
"""
