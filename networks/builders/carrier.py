"""A national ground carrier: station, hub, hub, station, door.

Parcels are picked up from sellers, or handed over at a hub, on working days; stations sort in the
evening, hubs through the night; couriers leave in the morning. A parcel within one hub's area
sees three sorts, one that stays at its station a single one. The carrier is sized for everybody's
parcels: those a run does not simulate are taken to travel like those it does.
"""

from __future__ import annotations

from typing import Self

import numpy as np
from numpy.typing import NDArray
from pydantic import model_validator

from networks.builders.kinds import Dwell, Finish, Parcels, Round, Times, Trailer, Work
from networks.builders.nodes import Draft, distances_km, named_copies, sites_among_people
from networks.builders.siting import p_median
from networks.builders.sizing import refuse_too_many_stations
from networks.geography import load_markets
from networks.inputs.local_times import DepartureTime, Holidays, Weekdays
from networks.inputs.models import Parameters
from networks.inputs.provenance import parameter
from networks.inputs.units import ONE_DAY, Duration, Share
from networks.schema import PICKUP, SELLERS, Calendar, Lane, add_lane

OWNER = "carrier"
OTHERS_PARCELS = "the carrier's other parcels are taken to travel like the simulated ones"
FINISH = (
    Finish("carrier.station_dwell", "dwell_minutes", ("carrier station",)),
    Finish("carrier.hub_dwell", "dwell_minutes", ("hub",)),
    Finish("carrier.wave", "wave_times", ("carrier station",)),
    Finish("carrier.round", "round_hours", ("carrier station",)),
)
"""What is set once a carrier's network is built, for the kinds of network that use one."""

Floats = NDArray[np.float64]


class Carrier(Parameters):
    """Parameters of a national ground carrier."""

    design_volume: Parcels = parameter(
        15_000_000,
        source="UPS 5.2 billion U.S. parcels in 2022 (dcvelocity.com), some 15 million a day",
    )  # fmt: skip
    """Parcels a day of everybody."""
    hubs: int = parameter(40, source="FedEx Ground: 40 hubs (buildagroundbiz.com)", ge=1, le=200)
    station_sites: int = parameter(
        560, source="FedEx Ground: over 600 facilities (buildagroundbiz.com)", ge=1, le=800
    )
    """Places with stations; very large markets get several stations."""
    largest_station: Parcels = parameter(75_000, assumed=(40_000, 100_000))
    """Parcels a day above which a market gets another station."""
    super_hubs: int = parameter(12, assumed=(6, 20), ge=1, le=60)
    """Hubs that also gather what does not fill a trailer between two others."""

    pickup_days: Weekdays = parameter("Mon-Fri", source="UPS Ground picks up Monday to Friday")
    linehaul_days: Weekdays = parameter("Mon-Sat", assumed=("Mon-Fri", "daily"))
    delivery_days: Weekdays = parameter(
        "Mon-Sat", source="national carriers deliver ground parcels to homes Monday to Saturday"
    )
    holidays: Holidays = parameter("ups", source="UPS: six holidays without pickup or delivery")
    pickup_time: DepartureTime = parameter("16:30", assumed=("15:00", "18:00"))
    """When a driver collects at sellers."""
    pickup_round: Round = parameter("2 h", assumed=("1 h", "3 h"))
    """From collecting to the station's dock."""
    station_times: Times = parameter(
        ["22:00", "20:30", "23:30"], assumed=(["21:00"], ["19:00", "20:30", "22:00", "23:30"])
    )
    """When trailers leave a station for its hub, the most important first."""
    hub_times: Times = parameter(
        ["01:30", "23:30", "03:30", "13:00", "18:00", "08:30"],
        assumed=(["01:30"], ["21:00", "23:30", "01:30", "03:30", "08:30", "13:00", "18:00"]),
    )  # fmt: skip
    """When trailers leave a hub for another hub."""
    morning_times: Times = parameter(
        ["04:30", "06:00", "03:00"], assumed=(["04:30"], ["02:00", "03:00", "04:30", "06:00"])
    )
    """When trailers leave a hub for a delivery station."""
    direct_lane: int = parameter(750, assumed=(400, 1500), ge=1, le=10**9)
    """Parcels a day that are worth a lane of their own: half a trailer."""
    trailer: Trailer = parameter(1500, assumed=(1000, 2500))
    """Parcels in a trailer."""
    doors_close: Duration = parameter("15 min", assumed=("5 min", "45 min"), le=ONE_DAY)
    speed_kmh: float = parameter(62.0, assumed=(50.0, 75.0), gt=5, le=130)
    """Linehaul speed, stops and rail yards included."""
    traffic_variation: float = parameter(0.15, assumed=(0.05, 0.3), ge=0, le=2)
    """Coefficient of variation of a trailer's time on the road."""
    station_work: Work = parameter("12 s", assumed=("8 s", "25 s"))
    station_dwell: Dwell = parameter("25 min", assumed=("10 min", "60 min"))
    hub_work: Work = parameter("8 s", assumed=("5 s", "15 s"))
    hub_dwell: Dwell = parameter("13 min", source="UPS Worldport: about 13 minutes through the hub")
    wave: DepartureTime = parameter("09:15", assumed=("08:00", "10:30"))
    """When couriers leave."""
    round: Round = parameter("9 h", assumed=("8 h", "10 h"))
    load: Share = parameter(0.8, assumed=(0.7, 0.9), gt=0.05)
    """How full vehicles, routes and workers are in the busiest hour of the busiest weekday."""
    peak_hour: Share = parameter(0.2, assumed=(0.12, 0.3), gt=0.03)
    """Share of a day's parcels that a station or hub works in its busiest hour."""

    @model_validator(mode="after")
    def _stations(self) -> Self:
        refuse_too_many_stations(self.design_volume, self.largest_station, self.station_sites)
        return self


class CarrierNetwork:
    """Where a carrier's stations and hubs are, and the graph of its network.

    `sites`: of the stations, where people live. `hub_of`: (sites,) the hub of each, a row of
    `hubs`. `stations`: ids of each site's stations. `busiest_day`: parcels handed over on the
    busiest weekday over those of the mean of all seven.
    """

    def __init__(self, carrier: Carrier, busiest_day: float) -> None:
        c = self.c = carrier
        self.draft = Draft(OWNER, busiest_day, c.load, c.traffic_variation, c.doors_close)
        self.graph = self.draft.graph
        self.sites = sites_among_people(c.design_volume, c.station_sites)
        self.hubs = sites_among_people(c.design_volume, c.hubs)
        self.hub_of = self.hubs.nearest[self.sites.chosen]
        demand = load_markets().share * c.design_volume
        volume = np.bincount(self.sites.nearest, weights=demand, minlength=len(self.hub_of))
        self.stations = named_copies("ST", volume, c.largest_station)

    @property
    def station_ids(self) -> tuple[str, ...]:
        """The ids of all stations, site by site."""
        return tuple(station for group in self.stations for station in group)

    def hub_id(self, hub: int) -> str:
        """Return the id of a hub."""
        return f"HUB{hub + 1:02d}"

    def calendars(self) -> dict[str, Calendar]:
        """Return the carrier's working calendars, and 'every day'."""
        return {
            "every day": Calendar(),
            "pickup": Calendar(self.c.pickup_days, self.c.holidays),
            "linehaul": Calendar(self.c.linehaul_days, self.c.holidays),
            "delivery": Calendar(self.c.delivery_days, self.c.holidays),
        }

    def build(self, at_station: Floats, at_hub: Floats) -> None:
        """Add the carrier's facilities, lanes and delivery routes to the graph.

        `at_station`: (stations,) share of all parcels that start at a station, in the order of
        `station_ids`, and go where people live. `at_hub`: (hubs, markets) share handed over at a
        hub for each market. Together 1.
        """
        at_station, at_hub = at_station * self.c.design_volume, at_hub * self.c.design_volume
        sites, hubs = len(self.stations), len(self.hubs.chosen)
        people = load_markets().share
        to_site = np.bincount(self.sites.nearest, weights=people, minlength=sites)
        size = [len(group) for group in self.stations]
        site_of = np.repeat(np.arange(sites), size)
        stays = at_station * (to_site / size)[site_of]  # what is for the station's own doors
        up = at_station - stays
        from_hub = np.zeros((hubs, sites))
        hub_of = self.hub_of[site_of]
        np.add.at(from_hub, hub_of, at_station[:, None] * to_site[None, :])
        np.subtract.at(from_hub, (hub_of, site_of), stays)
        np.add.at(from_hub.T, self.sites.nearest, at_hub.T)
        between = np.zeros((hubs, hubs))
        np.add.at(between.T, self.hub_of, from_hub.T)
        worked = between.sum(axis=1)
        np.fill_diagonal(between, 0.0)
        worked = worked + between.sum(axis=0) + self._add_hub_lanes(between)
        for hub, row in enumerate(self.hubs.chosen.tolist()):
            hourly = worked[hub] * self.draft.busiest_day * self.c.peak_hour
            self.draft.facility(self.hub_id(hub), row, "hub", hourly, self.c.hub_work,
                                hub_sorter_touches=1, manual_touches=2)  # fmt: skip
        arriving = from_hub.sum(axis=0)
        delivered = arriving + np.bincount(site_of, weights=stays)
        for site in range(sites):
            self._add_site(site, up[site_of == site], arriving[site], delivered[site])
        self.draft.doors(self.stations, self.sites)

    def _lane(
        self, origin: str, destination: str, flow: float, times: list[str], km: float, calendar: str
    ) -> None:
        self.draft.lane(
            origin, destination, flow, times, capacity=self.c.trailer, calendar=calendar,
            transit_hours=km / self.c.speed_kmh + 0.5, distance_km=km,
        )  # fmt: skip

    def _add_hub_lanes(self, between: Floats) -> Floats:
        """Add direct lanes where half a trailer goes; return (hubs,) what super hubs gather."""
        c, rows = self.c, self.hubs.chosen
        km = distances_km()[rows][:, rows]
        gatherers = p_median(km, between.sum(axis=1) + 1.0, min(c.super_hubs, len(rows)))
        via = gatherers.chosen[gatherers.nearest]
        flow = np.where(between >= c.direct_lane, between, 0.0)
        through = np.zeros(len(rows))
        for a, b in zip(*np.nonzero((between > 0) & (flow == 0)), strict=True):
            parcels = between[a, b]
            if via[a] != a:
                flow[a, via[a]] += parcels
                through[via[a]] += parcels
            if via[a] != b:
                flow[via[a], b] += parcels
        for a, b in zip(*np.nonzero(flow), strict=True):
            ends = self.hub_id(int(a)), self.hub_id(int(b))
            self._lane(*ends, flow[a, b], c.hub_times, float(km[a, b]), "linehaul")
        return through

    def _add_site(self, site: int, up: Floats, arriving: float, delivered: float) -> None:
        """Add a site's stations: `up` a day leave each for the hub, `arriving` come from it."""
        c, peak = self.c, self.draft.busiest_day
        ids, hub = self.stations[site], int(self.hub_of[site])
        row, to = int(self.sites.chosen[site]), self.hub_id(hub)
        doors = delivered / len(ids) * peak
        km = float(distances_km()[row, self.hubs.chosen[hub]])
        for node, out in zip(ids, up.tolist(), strict=True):
            self.draft.facility(
                node, row, "carrier station", max(out * peak, doors) * c.peak_hour,
                c.station_work, round_calendar="delivery",
                round_capacity=int(np.ceil(doors / c.load)), conveyor_touches=1, manual_touches=2,
            )  # fmt: skip
            if out > 0:
                self._lane(node, to, out, c.station_times, km, "pickup")
                self.graph.add_node(SELLERS, kind=SELLERS)
                add_lane(self.graph, SELLERS, node, PICKUP, Lane(
                    owner=OWNER, departs=c.pickup_time, calendar="pickup", capacity=0,
                    transit_hours=c.pickup_round.total_seconds() / 3600, distance_km=20.0,
                ))  # fmt: skip
            self._lane(to, node, arriving / len(ids), c.morning_times, km, "linehaul")
