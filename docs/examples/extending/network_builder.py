"""A network kind of its own: one regional warehouse that delivers to nearby markets by van."""

from __future__ import annotations

from typing import Literal

import networkx as nx
import numpy as np

from networks.builders.kinds import NetworkParameters, register_builder
from networks.builders.nodes import facility_in
from networks.builders.sizing import DemandShape
from networks.geography import load_markets, road_km
from networks.inputs.provenance import parameter
from networks.origins import Origins, Stock
from networks.schema import (
    Calendar,
    Door,
    Graph,
    Lane,
    Network,
    add_door,
    add_facility,
    add_lane,
    add_market,
)

OWNER = "regional"


@register_builder
class RegionalWarehouse(NetworkParameters):
    """One warehouse, and one delivery station beside it, for all markets within reach."""

    kind: Literal["regional-warehouse"] = "regional-warehouse"
    market: str = "Z606"
    """The ZIP3 area in which the warehouse stands."""
    reach_km: float = parameter(250.0, assumed=(150.0, 400.0), gt=0)
    """Markets up to this road distance are served."""
    parcels_per_day: int = parameter(4_000, assumed=(2_000, 8_000), gt=0)
    """The design volume."""

    def design_volumes(self) -> dict[str, int]:
        """Return the parcels a day for which the network is built, by owner."""
        return {OWNER: self.parcels_per_day}

    def build(self, shape: DemandShape) -> Network:
        """Return the network, sized for the busiest weekday."""
        markets = load_markets()
        home = markets.index(self.market)
        busiest = round(self.parcels_per_day * shape.busiest_day)
        graph: Graph = nx.MultiDiGraph()
        warehouse = facility_in(
            markets, home, kind="warehouse", owner=OWNER, shifts="06:00-22:00 40",
            work_seconds=120.0, manual_touches=2,
        )  # fmt: skip
        station = facility_in(
            markets, home, kind="delivery station", owner=OWNER, wave_times="09:00",
            round_capacity=busiest, round_hours=8.0, manual_touches=2,
        )  # fmt: skip
        add_facility(graph, "WH01", warehouse)
        add_facility(graph, "ST01", station)
        truck = Lane(
            owner=OWNER, departs="23:00", calendar="every day", capacity=busiest,
            transit_hours=1.0, distance_km=20.0,
        )  # fmt: skip
        add_lane(graph, "WH01", "ST01", "linehaul", truck)
        at = markets.latitude, markets.longitude
        km = np.asarray(road_km(at[0][home], at[1][home], *at))
        for row in np.flatnonzero(km <= self.reach_km):
            add_market(graph, markets.ids[row])
            add_door(graph, "ST01", markets.ids[row], Door(share=1.0, distance_km=float(km[row])))
        return Network(
            name=self.kind, graph=graph, calendars={"every day": Calendar()},
            volumes={OWNER: float(self.parcels_per_day)}, origins=Origins(Stock(("WH01",))),
        )  # fmt: skip
