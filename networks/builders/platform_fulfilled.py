"""The platform's own warehouses with the sellers' stock, then the national ground carrier.

What TikTok is building: a dozen warehouses; a product lies in some of them; trailers go straight
to a hub of the carrier.
"""

from __future__ import annotations

from typing import ClassVar, Literal, Self

import numpy as np
from pydantic import model_validator

from networks.builders.carrier import FINISH, OTHERS_PARCELS, Carrier, CarrierNetwork
from networks.builders.carrier import OWNER as CARRIER
from networks.builders.kinds import Dwell, Finish, NetworkParameters, Parcels, Times, Trailer, Work
from networks.builders.nodes import Draft, distances_km, sites_among_people
from networks.builders.sizing import DemandShape, center_ranking, stock_flows
from networks.geography import load_markets
from networks.inputs.local_times import LocalTime, Weekdays, weekday_numbers
from networks.inputs.models import Parameters, refusal
from networks.inputs.provenance import parameter
from networks.inputs.units import Share
from networks.origins import Origins, Stock
from networks.schema import Calendar, Network
from networks.timetables import minute_of

OWNER = "platform"

_LEAST_HOURS = 6
_SLACK_HOURS = 4  # of a working day, in which no orders come in at their peak


class WarehouseBreadth(Parameters):
    """Share of the warehouses that hold a product, by how fast it moves."""

    fast: Share = parameter(0.8, assumed=(0.4, 1.0), gt=0)
    medium: Share = parameter(0.4, assumed=(0.2, 0.6), gt=0)
    slow: Share = parameter(0.12, assumed=(0.08, 0.3), gt=0)


class PlatformFulfilled(NetworkParameters):
    """Parameters of a platform's own fulfillment network."""

    finish: ClassVar[tuple[Finish, ...]] = (
        *FINISH,
        Finish("cutoff", "gate_cutoff", ("warehouse",)),
        Finish("pick_variation", "work_cv", ("warehouse",)),
        Finish("warehouse_dwell", "dwell_minutes", ("warehouse",)),
    )

    kind: Literal["platform-fulfilled"] = "platform-fulfilled"
    design_volume: Parcels = parameter(
        280_000,
        source="about $7 million a day (press, October 2023), at some $25 an order (assumed)",
    )  # fmt: skip
    """Parcels a day for which the warehouses are sized."""
    warehouses: int = parameter(12, assumed=(6, 20), ge=1, le=100)
    breadth: WarehouseBreadth = WarehouseBreadth()
    working_days: Weekdays = parameter("Mon-Sat", assumed=("Mon-Fri", "daily"))
    cutoff: LocalTime = parameter("16:00", assumed=("12:00", "20:00"))
    """Orders placed earlier are worked the same day."""
    opens: LocalTime = parameter("06:00", assumed=("05:00", "08:00"))
    closes: LocalTime = parameter("22:00", assumed=("20:00", "24:00"))
    pick_and_pack: Work = parameter("4 min", assumed=("2 min", "8 min"))
    pick_variation: float = parameter(0.8, assumed=(0.4, 1.2), ge=0, le=5)
    warehouse_dwell: Dwell = parameter("2 h", assumed=("1 h", "4 h"))
    """From packed to the loading dock."""
    trailer_times: Times = parameter(
        ["21:30", "23:00", "19:30", "17:00"], assumed=(["21:00"], ["17:00", "21:00", "23:30"])
    )
    """When trailers leave for the carrier's hub, the most important first."""
    trailer: Trailer = parameter(1500, assumed=(1000, 2500))
    load: Share = parameter(0.8, assumed=(0.7, 0.9), gt=0.05)
    """How full trailers and workers are in the busiest hour of the busiest weekday."""
    carrier: Carrier = Carrier()

    @model_validator(mode="after")
    def _hours(self) -> Self:
        opens, closes = minute_of(self.opens), minute_of(self.closes)
        if closes - opens < _LEAST_HOURS * 60:
            problem = f"is less than {_LEAST_HOURS} hours after opens = {self.opens}"
            raise refusal(problem, f"{_LEAST_HOURS} hours of work or more, on one day", "closes")
        if not opens < minute_of(self.cutoff) <= closes:
            allowed = f"after {self.opens}, up to {self.closes}"
            raise refusal("lies outside the hours of work", allowed, "cutoff")
        return self

    def design_volumes(self) -> dict[str, int]:
        """Return the parcels a day of the carrier and of the warehouses."""
        return {CARRIER: self.carrier.design_volume, OWNER: self.design_volume}

    def build(self, shape: DemandShape) -> Network:
        """Return the network of these parameters, sized for the demand's shape."""
        days = 7 / len(weekday_numbers(self.working_days))
        busiest = shape.busiest_day * days * 1.25  # what a closed day leaves comes on the next
        markets, km, carrier = load_markets(), distances_km(), CarrierNetwork(self.carrier, busiest)
        chosen = sites_among_people(self.design_volume, self.warehouses).chosen
        ranking = center_ranking(markets, chosen, km[chosen], region_first=False)
        breadth, demand = self.breadth.model_dump(), markets.share * self.design_volume
        flows = stock_flows(ranking, breadth, shape.movement, demand)
        hubs = carrier.hubs.chosen
        hub_of = np.argmin(km[hubs][:, chosen], axis=0)
        at_hub = np.zeros((len(hubs), len(demand)))
        np.add.at(at_hub, hub_of, flows)
        carrier.build(np.zeros(len(carrier.station_ids)), at_hub / at_hub.sum())
        c = self.carrier
        own = Draft(
            OWNER, busiest, self.load, c.traffic_variation, c.doors_close, graph=carrier.graph
        )
        ids = tuple(f"WH{n:02d}" for n in range(1, len(chosen) + 1))
        for node, *place in zip(ids, chosen, hub_of, flows.sum(axis=1), strict=True):
            self._add_warehouse(own, node, carrier, *place)
        working = Calendar(self.working_days, self.carrier.holidays)
        return Network(
            name="tiktok-platform-fulfilled",
            graph=carrier.graph,
            calendars={**carrier.calendars(), "warehouse": working},
            volumes={owner: float(volume) for owner, volume in self.design_volumes().items()},
            origins=Origins(Stock(ids, breadth, region_first=False)),
            notes=(OTHERS_PARCELS,),
        )

    def _add_warehouse(
        self, own: Draft, node: str, carrier: CarrierNetwork, row: int, hub: int, parcels: float
    ) -> None:
        hours = (minute_of(self.closes) - minute_of(self.opens)) / 60
        own.facility(
            node, row, "warehouse", parcels * own.busiest_day / (hours - _SLACK_HOURS),
            self.pick_and_pack, f"{self.opens}-{self.closes}",
            shift_calendar="warehouse", work_law="lognormal",
            gate_calendar="warehouse", gate_opens=self.opens,
            conveyor_touches=1, manual_touches=2,
        )  # fmt: skip
        km = float(distances_km()[row, carrier.hubs.chosen[hub]])
        own.lane(
            node, carrier.hub_id(hub), parcels, self.trailer_times, capacity=self.trailer,
            calendar="warehouse", transit_hours=km / self.carrier.speed_kmh + 0.5, distance_km=km,
        )  # fmt: skip
