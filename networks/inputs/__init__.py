"""What people write, and what is wrong with it.

Values: `units` and `local_times` (types of a model's fields), `models` and `provenance` (the models
and where their defaults come from). YAML: `yaml_reader`, `yaml_faults`, `yaml_writer`. Tables:
`workbooks` and `grids` (raw cells), `cells` (what one means), `tables` (large tables of texts).
Everything reports with the `Fault` and `InputError` of `faults`.
"""
