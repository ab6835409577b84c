"""The textbook engine: the same simulation told parcel by parcel, one SimPy process each.

It is the plain reading of what happens, to be read first and to check the fast engine against:
both take a `Problem` and must return the same `Columns`, integer for integer.

`gate` decides when an order is released, `facility` when a parcel is worked, `lane` which
parcels a departure or a wave takes, `journey` is the life of one parcel, and `network` puts the
places of a problem on the clock.

At one instant things happen in the order of `Turn`, and among themselves by number: staffing by
facility; ends of work and of dwell by first-come number, the place in which a parcel joined its
facility's queue; releases by order number, then parcel; failed parcels back by wave and place in
the route; trucks by lane and departure, their parcels in the order they boarded; departures and
waves by departure number.
"""

from logistics.simulation.textbook.engine import run

__all__ = ["run"]
