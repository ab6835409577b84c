"""What a run leaves behind: columns, tables, segments of each parcel's route, files."""
