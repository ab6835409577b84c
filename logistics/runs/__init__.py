"""The result of a run: columns, tables, segments of each parcel's route, files."""
