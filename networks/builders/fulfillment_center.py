"""Amazon-style fulfillment: center, sort center, delivery station, door.

Centers, sort centers and stations sit where people live (p-median); a product lies in a share of
the centers that depends on how fast it moves; linehauls run at night; couriers leave in the
morning, seven days a week.
"""

from __future__ import annotations

from typing import ClassVar, Literal, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import model_validator

from networks.builders.kinds import (
    Dwell,
    Finish,
    NetworkParameters,
    Parcels,
    Round,
    Times,
    Trailer,
    Work,
)
from networks.builders.nodes import Draft, distances_km, named_copies, sites_among_people
from networks.builders.sizing import (
    DemandShape,
    center_ranking,
    refuse_too_many_stations,
    stock_flows,
)
from networks.geography import load_markets
from networks.inputs.local_times import DepartureTime
from networks.inputs.models import Parameters
from networks.inputs.provenance import parameter
from networks.inputs.units import ONE_DAY, Duration, Kilometres, Share
from networks.origins import Origins, Stock
from networks.schema import Calendar, Network

OWNER = "amazon"
Floats = NDArray[np.float64]


class Breadth(Parameters):
    """Share of the centers that hold a product, by how fast it moves."""

    fast: Share = parameter(0.6, assumed=(0.4, 0.9), gt=0)
    medium: Share = parameter(0.25, assumed=(0.1, 0.5), gt=0)
    slow: Share = parameter(0.04, assumed=(0.01, 0.1), gt=0)


class FulfillmentCenters(NetworkParameters):
    """Parameters of an Amazon-style network."""

    finish: ClassVar[tuple[Finish, ...]] = (
        Finish("pick_variation", "work_cv", ("fulfillment center",)),
        Finish("center_dwell", "dwell_minutes", ("fulfillment center",)),
        Finish("sort_dwell", "dwell_minutes", ("sort center", "hub")),
        Finish("station_dwell", "dwell_minutes", ("delivery station",)),
        Finish("wave", "wave_times", ("delivery station",)),
        Finish("round", "round_hours", ("delivery station",)),
    )

    kind: Literal["fulfillment-center"] = "fulfillment-center"
    design_volume: Parcels = parameter(
        13_200_000, source="4.8 billion U.S. parcels in 2022 (Pitney Bowes Parcel Shipping Index)"
    )
    """Parcels a day for which the network is sized."""
    fulfillment_centers: int = parameter(
        390, ge=1, le=800,
        source="some 390 U.S. fulfillment centers by 2022 (transportgeography.org)",
    )  # fmt: skip
    sort_centers: int = parameter(80, assumed=(50, 120), ge=1, le=400)
    consolidation_hubs: int = parameter(12, assumed=(6, 20), ge=1, le=60)
    """Hubs that gather what does not fill a trailer of its own; far lanes from them fly."""
    station_sites: int = parameter(
        460, source="278 delivery stations in 2020, about 415 a year later (startribune.com)",
        ge=1, le=800,
    )  # fmt: skip
    """Places with delivery stations; very large markets get several stations."""
    largest_station: Parcels = parameter(
        60_000, source="250-280 vans with 180-300 packages each (startribune.com)"
    )
    """Parcels a day above which a market gets another station."""
    breadth: Breadth = Breadth()
    region_first: bool = parameter(True, source="eight fulfilment regions since 2023 (Amazon)")
    """Whether the market's own region is searched before nearer centers elsewhere."""

    pick_and_pack: Work = parameter("3 min", assumed=("2 min", "6 min"))
    """Work on a parcel by one worker (mean)."""
    pick_variation: float = parameter(0.8, assumed=(0.4, 1.2), ge=0, le=5)
    """Coefficient of variation of that work."""
    center_dwell: Dwell = parameter("90 min", assumed=("45 min", "3 h"))
    """From picked and packed to the loading dock: pick wave, conveyors, sorting by lane."""
    linehaul_times: Times = parameter(
        ["23:00", "01:00", "20:00", "03:00", "14:00", "08:00"],
        assumed=(["22:00"], ["18:00", "20:00", "22:00", "00:00", "02:00", "04:00", "10:00"]),
    )
    """When linehauls leave a center, the most important first."""
    hub_times: Times = parameter(
        ["03:00", "23:00", "15:00", "09:00"],
        assumed=(["03:00"], ["21:00", "23:00", "01:00", "03:00", "09:00", "15:00"]),
    )  # fmt: skip
    direct_lane: int = parameter(750, assumed=(400, 1500), ge=1, le=10**9)
    """Parcels a day that are worth a lane of their own: half a trailer."""
    trailer: Trailer = parameter(1500, assumed=(1000, 2500))
    """Parcels in a linehaul trailer."""
    doors_close: Duration = parameter("15 min", assumed=("5 min", "45 min"), le=ONE_DAY)
    speed_kmh: float = parameter(75.0, assumed=(60.0, 90.0), gt=5, le=130)
    """Linehaul speed on the road, stops included."""
    traffic_variation: float = parameter(0.12, assumed=(0.05, 0.3), ge=0, le=2)
    """Coefficient of variation of a truck's time on the road."""
    air_beyond: Kilometres = parameter("1500 km", assumed=("1000 km", "2500 km"), le=20_000)
    """Lanes of a hub that are longer go by air."""
    sort_work: Work = parameter("8 s", assumed=("5 s", "15 s"))
    sort_dwell: Dwell = parameter("20 min", assumed=("10 min", "60 min"))
    station_truck: Trailer = parameter(
        1000, source="25-30 trucks a day to a station of some 26,000 parcels (startribune.com)"
    )
    """Parcels in a truck to a delivery station."""
    station_times: Times = parameter(
        ["04:30", "02:30", "00:30", "22:00", "05:30", "13:00"],
        source="most trucks between 21:00 and 04:30 (startribune.com)",
    )  # fmt: skip
    station_work: Work = parameter("12 s", assumed=("8 s", "25 s"))
    station_dwell: Dwell = parameter("30 min", assumed=("15 min", "90 min"))
    """From sorted to staged for a van."""
    wave: DepartureTime = parameter("10:00", source="first wave about 10:00 (startribune.com)")
    round: Round = parameter("9 h", assumed=("8 h", "10 h"))
    load: Share = parameter(0.8, assumed=(0.7, 0.9), gt=0.05)
    """How full vehicles, routes and workers are in the busiest hour of the busiest weekday."""
    night_share: Share = parameter(0.16, assumed=(0.12, 0.25), gt=0.03)
    """Share of a day's parcels that a sort center or a station works in its busiest hour."""

    @model_validator(mode="after")
    def _stations(self) -> Self:
        refuse_too_many_stations(self.design_volume, self.largest_station, self.station_sites)
        return self

    def design_volumes(self) -> dict[str, int]:
        """Return the parcels a day of the one owner."""
        return {OWNER: self.design_volume}

    def build(self, shape: DemandShape) -> Network:
        """Return the network of these parameters, sized for the demand's shape."""
        return _Builder(self, shape).build()


class _Builder:
    def __init__(self, parameters: FulfillmentCenters, shape: DemandShape) -> None:
        p = self.p = parameters
        self.shape = shape
        self.demand = load_markets().share * p.design_volume
        self.draft = Draft(OWNER, shape.busiest_day, p.load, p.traffic_variation, p.doors_close)
        counts = (p.station_sites, p.sort_centers, p.fulfillment_centers, p.consolidation_hubs)
        self.stations, self.sorts, self.centers, self.hubs = (
            sites_among_people(p.design_volume, count) for count in counts
        )

    def build(self) -> Network:
        p, markets = self.p, load_markets()
        rows, breadth = self.centers.chosen, p.breadth.model_dump()
        ranking = center_ranking(markets, rows, distances_km()[rows], p.region_first)
        at_center = stock_flows(ranking, breadth, self.shape.movement, self.demand)
        to_sort = np.zeros((len(rows), len(self.sorts.chosen)))
        sort_of_market = self.sorts.nearest[self.stations.chosen][self.stations.nearest]
        np.add.at(to_sort.T, sort_of_market, at_center.T)
        center_ids = [f"FC{n:03d}" for n in range(1, len(rows) + 1)]
        for node, row, parcels in zip(center_ids, rows, at_center.sum(axis=1), strict=True):
            hourly = parcels * self.shape.busiest_day * self.shape.busiest_hour
            self.draft.facility(
                node, row, "fulfillment center", hourly, p.pick_and_pack,
                work_law="lognormal", conveyor_touches=2, manual_touches=2,
            )  # fmt: skip
        self._add_lanes(center_ids, to_sort)
        for s, parcels in enumerate(to_sort.sum(axis=0)):
            self._add_sorter(f"SC{s + 1:03d}", self.sorts.chosen[s], "sort center", parcels)
        self._add_stations()
        return Network(
            name="amazon-fulfillment",
            graph=self.draft.graph,
            calendars={"every day": Calendar(), "delivery": Calendar("daily", "christmas")},
            volumes={OWNER: float(p.design_volume)},
            origins=Origins(Stock(tuple(center_ids), breadth, p.region_first)),
        )

    def _lane(
        self, origin: str, destination: str, flow: float, times: list[str], from_row: int, row: int
    ) -> None:
        """Add a lane between two rows of the markets; lanes of a hub that are long go by air."""
        p = self.p
        km = float(distances_km()[from_row, row])
        air = km > p.air_beyond and origin.startswith("HUB")
        hours = km / 1.21 / 750 + 4.0 if air else km / p.speed_kmh + 0.25
        self.draft.lane(
            origin, destination, flow, times, "air" if air else "linehaul",
            capacity=p.trailer, calendar="every day", transit_hours=hours, distance_km=km,
        )  # fmt: skip

    def _add_lanes(self, center_ids: list[str], flow: Floats) -> None:
        """Add direct linehauls where half a trailer goes; the rest is gathered in hubs."""
        p, sorts, hubs = self.p, self.sorts.chosen, self.hubs.chosen
        hub_of = self.hubs.nearest[self.centers.chosen]
        from_hub = np.zeros((len(hubs), len(sorts)))
        for c, (node, row) in enumerate(zip(center_ids, self.centers.chosen, strict=True)):
            direct = flow[c] >= p.direct_lane
            for s in np.flatnonzero(direct).tolist():
                to = f"SC{s + 1:03d}"
                self._lane(node, to, flow[c, s], p.linehaul_times, row, sorts[s])
            rest = np.where(direct, 0.0, flow[c])
            hub = hub_of[c]
            from_hub[hub] += rest
            to = f"HUB{hub + 1:02d}"
            self._lane(node, to, rest.sum(), p.linehaul_times, row, hubs[hub])
        for h, row in enumerate(hubs):
            node = f"HUB{h + 1:02d}"
            for s, parcels in enumerate(from_hub[h]):
                self._lane(node, f"SC{s + 1:03d}", parcels, p.hub_times, row, sorts[s])
            self._add_sorter(node, row, "hub", from_hub[h].sum())

    def _add_sorter(self, node: str, row: int, kind: str, parcels: float) -> None:
        hourly = parcels * self.shape.busiest_day * self.p.night_share
        self.draft.facility(node, row, kind, hourly, self.p.sort_work,
                            conveyor_touches=1, manual_touches=1)  # fmt: skip

    def _add_stations(self) -> None:
        p, sites, count = self.p, self.stations, len(self.stations.chosen)
        volume = np.bincount(sites.nearest, weights=self.demand, minlength=count)
        names = named_copies("DS", volume, p.largest_station)
        for ids, row, total in zip(names, sites.chosen, volume, strict=True):
            sort = self.sorts.nearest[row]
            km = float(distances_km()[self.sorts.chosen[sort], row])
            parcels = total / len(ids)
            busiest = parcels * self.shape.busiest_day
            for node in ids:
                self.draft.facility(
                    node, row, "delivery station", busiest * p.night_share, p.station_work,
                    round_calendar="delivery", round_capacity=int(np.ceil(busiest / p.load)),
                    manual_touches=2,
                )  # fmt: skip
                self.draft.lane(
                    f"SC{sort + 1:03d}", node, parcels, p.station_times, capacity=p.station_truck,
                    calendar="every day", transit_hours=km / 60 + 0.25, distance_km=km,
                )  # fmt: skip
        self.draft.doors(names, sites)
