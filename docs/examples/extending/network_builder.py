"""A network kind of its own: one regional warehouse that delivers to nearby markets by van."""

from __future__ import annotations

from typing import Literal

import networkx as nx

from networks.builders.nodes import facility_in
from networks.builders.registry import register_builder
from networks.builders.sizing import DemandShape
from networks.geography import load_markets, road_km
from networks.inputs.models import Parameters
from networks.inputs.provenance import parameter
from networks.origins import Stock
from networks.schema import Calendar, Door, Graph, Network, add_door, add_facility, add_market

OWNER = "regional"


class RegionalWarehouse(Parameters):
    """Parameters of a regional warehouse."""

    kind: Literal["regional-warehouse"] = "regional-warehouse"
    market: str = parameter("Z606", assumed=("Z606", "Z606"))
    """The ZIP3 area in which the warehouse stands."""
    reach_km: float = parameter(250.0, assumed=(150.0, 400.0), gt=0)
    """Markets up to this road distance are served."""
    design_volume: int = parameter(4_000, assumed=(2_000, 8_000), gt=0)
    """Parcels a day for which the warehouse is sized."""


def build(parameters: RegionalWarehouse, shape: DemandShape) -> Network:
    """Return the network of these parameters, sized for the demand's shape."""
    markets = load_markets()
    home = markets.index(parameters.market)
    km = road_km(
        markets.latitude[home], markets.longitude[home], markets.latitude, markets.longitude
    )
    graph: Graph = nx.MultiDiGraph()
    volume = round(parameters.design_volume * shape.busiest_day)
    warehouse = facility_in(
        markets, home, kind="warehouse", owner=OWNER, shifts="06:00-22:00 40", work_seconds=240,
        wave_times="09:00", round_capacity=volume, round_hours=8, manual_touches=2,
    )  # fmt: skip
    add_facility(graph, "WH01", warehouse)
    for row, market in enumerate(markets.ids):
        if km[row] <= parameters.reach_km:
            add_market(graph, market)
            add_door(graph, "WH01", market, Door(share=1.0, distance_km=float(km[row])))
    breadth = {"fast": 1.0, "medium": 1.0, "slow": 1.0}
    return Network(
        name="regional-warehouse",
        graph=graph,
        calendars={"every day": Calendar()},
        volumes={OWNER: float(parameters.design_volume)},
        stock=Stock(("WH01",), breadth),
    )


register_builder(RegionalWarehouse, build, lambda p: {OWNER: float(p.design_volume)})
