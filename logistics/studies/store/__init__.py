"""The folder of a study, whose finished runs stay whatever ends the study."""
