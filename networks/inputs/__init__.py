"""What people write, and what is wrong with it.

Values: `units` and `local_times` (types of a model's fields), `models` and `provenance` (the models
and where their defaults come from). YAML: `yaml_reader`, `yaml_faults`, `yaml_writer`. Tables of a
network: `workbooks` and `grids` (raw cells), `cells` (what one means). Tables of any program:
`tables`, by `file_kinds`, `text_files`, `delimited`, `sheet_tables`, `headings` and `rows`.
Everything reports with the `Fault` and `InputError` of `faults`.
"""
