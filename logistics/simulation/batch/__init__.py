"""The fast engine: parcels as columns, SimPy for departures and shifts."""
