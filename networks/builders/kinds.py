"""What a kind of network is: parameters that a planner writes, and how they become a network.

A kind of your own is a subclass with a `kind`, a `build` and its `design_volumes`:

    @register_builder
    class Ring(NetworkParameters):
        kind: Literal["ring"] = "ring"
        stations: int = parameter(4, assumed=(2, 8), ge=1)

        def design_volumes(self): return {"ring": 10_000}
        def build(self, shape): return Network(...)

From then on `network: {kind: ring, stations: 6}` is a network, in scenario files, too. On the
command line nothing of yours has run before a file is read: an installed package names the module
that registers its kinds under the entry point group `logistics.builders`, in its pyproject.toml

    [project.entry-points."logistics.builders"]
    ring = "my_package.ring"

and it is imported when a file first asks for a kind that is not known.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from importlib.metadata import entry_points
from typing import Annotated, ClassVar, NamedTuple, TypeVar

from pydantic import Field

from networks.builders.sizing import DemandShape
from networks.inputs.local_times import DepartureTime
from networks.inputs.models import Parameters, kind_of
from networks.inputs.units import Duration, PositiveDuration
from networks.schema import Network

ENTRY_POINTS = "logistics.builders"

Parcels = Annotated[int, Field(gt=0, le=10**9)]
"""Parcels a day, up to several times what all the world sends."""
Trailer = Annotated[int, Field(ge=1, le=1_000_000)]
"""Parcels in one vehicle, up to a thousand times those of today."""
Times = Annotated[list[DepartureTime], Field(min_length=1)]
Round = Annotated[PositiveDuration, Field(ge=timedelta(minutes=1), le=timedelta(hours=48))]
Dwell = Annotated[Duration, Field(le=timedelta(days=10))]
Work = Annotated[PositiveDuration, Field(le=timedelta(days=1))]
"""Of one worker on a parcel."""


class Finish(NamedTuple):
    """A parameter that only sets an attribute of facilities; nothing is placed or sized by it.

    `field`: path of the parameter, such as 'carrier.wave'. `kinds`: of the facilities. A duration
    is written in the unit in which the attribute's name ends.
    """

    field: str
    attribute: str
    kinds: tuple[str, ...]


class NetworkParameters(Parameters):
    """Base of the parameters of each kind of network.

    `has_sellers`: whether orders start at sellers, of whom `build` may draw as few as the orders
    of `DemandShape.orders_per_day` need; other kinds are never told that number. `finish`: what
    `build` leaves out because it can be set after that, so that scenarios that differ in nothing
    else share what was built. `in_files`: whether the network is read from files, which change.
    """

    kind: str
    has_sellers: ClassVar[bool] = False
    in_files: ClassVar[bool] = False
    finish: ClassVar[tuple[Finish, ...]] = ()

    @classmethod
    def choices(cls) -> Iterable[type[Parameters]]:
        """Return the kinds of network that a field of this type may hold."""
        return tuple(BUILDERS.values()) if cls is NetworkParameters else (cls,)

    def design_volumes(self) -> dict[str, int]:
        """Return the design volume in parcels a day of each owner that the parameters name."""
        return {}

    def build(self, shape: DemandShape) -> Network:
        """Return the network at its design volume, sized for the demand's shape."""
        raise NotImplementedError(f"{type(self).__name__} has no build(shape)")


BUILDERS: dict[str, type[NetworkParameters]] = {}
"""The kinds of network, by the word a scenario's `network.kind` has for them."""

N = TypeVar("N", bound=type[NetworkParameters])


def register_builder(model: N) -> N:
    """Make a kind of network known, and return it: also a decorator.

    Raises ValueError for a model without a `kind` that is one literal, and for the kind of
    another model. One that is defined again takes the place of the first.
    """
    kind = kind_of(model)
    if kind == model.__name__:
        raise ValueError(f"{model.__name__} needs a field such as  kind: Literal['x'] = 'x'")
    if kind in BUILDERS and BUILDERS[kind].__qualname__ != model.__qualname__:
        raise ValueError(f"kind '{kind}' is that of {BUILDERS[kind].__qualname__} already")
    BUILDERS[kind] = model
    return model


def load_installed_builders() -> None:
    """Import the modules that installed packages name under the group `logistics.builders`."""
    for entry in entry_points(group=ENTRY_POINTS):
        entry.load()
