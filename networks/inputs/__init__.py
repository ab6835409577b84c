"""What people write: units, cells, tables, workbooks, YAML, and what is wrong with it."""
