"""The version of this package, of which results, stores and workers keep a record."""

__version__ = "0.1.0"
