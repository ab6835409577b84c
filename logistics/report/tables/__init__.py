"""Every table, made once and shown by three renderers.

table                                           the model: typed cells, columns, rows
metrics, causes, groups, places, provenance     the tables, by subject
terminal, sheets and workbook, the page         the renderers
"""
