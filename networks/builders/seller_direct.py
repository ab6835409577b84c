"""Sellers who ship themselves, then a national ground carrier.

Each seller is an individual with a volume, a number of orders it can pack a working day, working
and pickup days, a cutoff hour, a speed and a packaging grade. Volumes are heavily skewed; large
sellers sit where merchants do, small ones where people do.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any, ClassVar, Literal, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import model_validator
from scipy.special import ndtri

from networks.builders.carrier import FINISH, OTHERS_PARCELS, Carrier, CarrierNetwork
from networks.builders.carrier import OWNER as CARRIER
from networks.builders.kinds import Finish, NetworkParameters, Parcels
from networks.builders.sizing import DemandShape
from networks.geography import load_markets
from networks.inputs.faults import Fault, refuse
from networks.inputs.local_times import Holidays, LocalTime
from networks.inputs.models import Parameters, refusal
from networks.inputs.provenance import parameter
from networks.inputs.units import Factor, PositiveDuration, Share
from networks.origins import Origins, Sellers
from networks.schema import SELLERS, Network
from networks.timetables import minute_of, weekday_bits

Floats = NDArray[np.float64]

MERCHANT_MARKETS = (
    *range(900, 919), *range(917, 926),  # Los Angeles, Inland Empire, Orange County
    *range(70, 80), *range(85, 90), *range(100, 120),  # New Jersey, New York
    *range(330, 335), *range(300, 304), *range(750, 754), *range(770, 776), *range(600, 609),
)  # fmt: skip
"""ZIP3 areas of the merchant clusters: Los Angeles, New York, Miami, Atlanta, Dallas, Houston,
Chicago (assumed)."""

_FEW_PICKUPS = "Mon Wed Fri"


class Packaging(Parameters):
    """Share of the sellers by packaging grade; what is left of 1 packs poorly."""

    excellent: Share = parameter(0.1, assumed=(0.05, 0.2))
    good: Share = parameter(0.25, assumed=(0.15, 0.3))
    fair: Share = parameter(0.4, assumed=(0.3, 0.5))

    @model_validator(mode="after")
    def _rules(self) -> Self:
        total = self.excellent + self.good + self.fair
        if total > 1 + 1e-9:
            raise refusal(f"the shares sum to {total:g}", "a sum of 1 or less", "excellent")
        return self


class SellerTable(Parameters):
    """How the sellers are drawn."""

    count: int = parameter(
        200_000, source="200,000 TikTok Shop sellers (press, October 2023)", ge=1, le=5_000_000
    )
    orders_per_day: Parcels = parameter(
        280_000,
        source="about $7 million a day (press, October 2023), at some $25 an order (assumed)",
    )  # fmt: skip
    """Orders a day of all sellers together."""
    volume_log_sd: float = parameter(2.0, assumed=(1.5, 2.5), ge=0, le=4)
    """Standard deviation of the logarithm of a seller's volume: how skewed volumes are."""
    large_share: Share = parameter(0.05, assumed=(0.02, 0.1))
    """Share of the sellers, largest first, that sit where merchants do."""
    merchant_lift: Factor = parameter(4.0, assumed=(2.0, 8.0), le=1000)
    """How much likelier a large seller is in a merchant cluster than population says."""
    capacity_over_volume: Factor = parameter(2.0, assumed=(1.3, 4.0), le=1000)
    """Orders a seller can pack on a working day over its mean orders a day."""
    smallest_capacity: int = parameter(25, assumed=(10, 50), ge=1, le=1_000_000)
    weekdays_only: Share = parameter(0.6, assumed=(0.4, 0.8))
    """Share that works Monday to Friday; the rest also on Saturday or daily, in halves."""
    every_pickup: Share = parameter(0.72, assumed=(0.5, 0.9))
    """Share that hands over on each weekday; the rest Monday, Wednesday and Friday."""
    opens: LocalTime = parameter("09:00", assumed=("08:00", "11:00"))
    cutoffs: list[LocalTime] = parameter(
        ["12:00", "14:00", "16:00", "18:00"], assumed=(["12:00"], ["14:00", "18:00", "22:00"]),
        min_length=1, max_length=8,
    )  # fmt: skip
    """Order cutoffs, equally common."""
    handling: PositiveDuration = parameter("15 h", assumed=("8 h", "30 h"), le=timedelta(days=30))
    """Median time from the release of an order to packed, over sellers and orders."""
    handling_log_sd: float = parameter(
        1.07, ge=0, le=3,
        source="marketplace handling times (Olist, Brazil 2016-18, 30,000 orders): log-sd 1.07",
    )  # fmt: skip
    between_sellers: Share = parameter(
        0.24, source="share of that variance between sellers (Olist, Brazil 2016-18)"
    )
    packaging: Packaging = Packaging()
    burst_share: Share = parameter(0.0002, assumed=(0.0, 0.001))
    """Probability that a seller's product goes viral on a given day."""
    burst_orders: int = parameter(60, assumed=(25, 200), ge=0, le=1_000_000)
    """Orders a day that a viral video brings, whatever the seller's size. (One video earned its
    maker over $20,000 in a month, press 2023: some 27 orders of $25 a day on average.)"""
    burst_days: int = parameter(3, assumed=(1, 7), ge=1, le=30)
    """How many days that lasts."""
    holidays: Holidays = parameter("business", assumed=("none", "federal"))
    """Holidays on which sellers do not pack."""
    seed: int = parameter(20231001, assumed=(1, 99999999), ge=0, le=2**63 - 1)
    """Which sellers there are; the random draws of orders have a seed of their own."""

    @model_validator(mode="after")
    def _rules(self) -> Self:
        times = {"opens": [self.opens], "cutoffs": self.cutoffs}
        refuse(
            Fault.within(field, "must be a whole hour", "a time such as '14:00'")
            for field, local_times in times.items()
            if any(minute_of(time) % 60 for time in local_times)
        )
        refuse(
            Fault.within(f"cutoffs.{row}", f"must be after opens, {self.opens}", "a later time")
            for row, time in enumerate(self.cutoffs)
            if minute_of(time) <= minute_of(self.opens)
        )
        return self


class SellerDirect(NetworkParameters):
    """Parameters of a network of sellers who ship themselves."""

    has_sellers: ClassVar[bool] = True
    finish: ClassVar[tuple[Finish, ...]] = FINISH

    kind: Literal["seller-direct"] = "seller-direct"
    sellers: SellerTable = SellerTable()
    carrier: Carrier = Carrier()

    @model_validator(mode="after")
    def _rules(self) -> Self:
        if not weekday_bits(self.carrier.pickup_days) & weekday_bits(_FEW_PICKUPS):
            problem = "would never collect from sellers who hand over on three days a week"
            allowed = f"days with one of {_FEW_PICKUPS} among them"
            raise refusal(problem, allowed, "carrier.pickup_days")
        return self

    def design_volumes(self) -> dict[str, int]:
        """Return the parcels a day of the carrier, and the orders of all sellers."""
        return {CARRIER: self.carrier.design_volume, SELLERS: self.sellers.orders_per_day}

    def build(self, shape: DemandShape) -> Network:
        """Return the network of these parameters, sized for the demand's shape.

        The carrier is sized for where the sampled sellers are: its real parcels come from
        everywhere, but in a run these sellers stand for all of them.
        """
        busiest = max(handed_over_by_weekday(self.sellers, shape, self.carrier))
        carrier = CarrierNetwork(self.carrier, busiest)
        sellers = draw_sellers(self.sellers, carrier)
        if shape.orders_per_day is not None:
            sampled = self.sellers.count * shape.orders_per_day / self.sellers.orders_per_day
            sellers = sellers.sized(max(1, round(sampled)))
        start = np.bincount(sellers.pickup, weights=sellers.volume, minlength=len(sellers.stations))
        at_hub = np.zeros((len(carrier.hubs.chosen), len(carrier.sites.nearest)))
        carrier.build(start / start.sum(), at_hub)
        peak = f"its busiest weekday has {busiest:.2f} times the parcels of the average day"
        return Network(
            name="tiktok-seller-direct",
            graph=carrier.graph,
            calendars=carrier.calendars(),
            volumes={owner: float(volume) for owner, volume in self.design_volumes().items()},
            origins=Origins(sellers=sellers),
            all_sellers=self.sellers.count,
            notes=(f"{OTHERS_PARCELS}; {peak}",),
        )


def draw_sellers(table: SellerTable, carrier: CarrierNetwork) -> Sellers:
    """Return the sellers, the same for the same seed."""
    rng = np.random.default_rng(table.seed)
    count = table.count
    rank = (_radical_inverse(count) + 0.5 / count) % 1.0
    raw = np.exp(table.volume_log_sd * ndtri(np.clip(rank, 1e-9, 1 - 1e-9)))
    volume = raw * (table.orders_per_day / raw.sum())
    capacity = np.maximum(table.smallest_capacity, np.ceil(table.capacity_over_volume * volume))
    market = _markets_of_sellers(table, rank, rng)
    pickup_days, working_days = _days_of_sellers(table, rng)
    spread = np.sqrt(table.between_sellers) * table.handling_log_sd
    median = table.handling.total_seconds() / 3600
    grades = np.cumsum([table.packaging.excellent, table.packaging.good, table.packaging.fair])
    size = np.array([len(group) for group in carrier.stations])
    site = carrier.sites.nearest[market]
    pickup = (np.cumsum(size) - size)[site] + np.arange(count) % size[site]  # by turns
    cutoffs = np.array([minute_of(cutoff) // 60 for cutoff in table.cutoffs])
    return Sellers(
        market=market.astype(np.int32),
        pickup=pickup.astype(np.int32),
        stations=carrier.station_ids,
        volume=volume,
        daily_capacity=capacity.astype(np.int32),
        working_days=working_days.astype(np.uint8),
        pickup_days=pickup_days.astype(np.uint8),
        opens_hour=np.full(count, minute_of(table.opens) // 60, np.uint8),
        cutoff_hour=cutoffs[rng.integers(0, len(cutoffs), count)].astype(np.uint8),
        handling_hours=(median * np.exp(spread * ndtri(rng.random(count)))).astype(np.float32),
        handling_log_sd=float(np.sqrt(1 - table.between_sellers) * table.handling_log_sd),
        packaging=np.searchsorted(grades, rng.random(count), "right").astype(np.uint8),
        burst_share=table.burst_share,
        burst_orders=table.burst_orders,
        burst_days=table.burst_days,
        holidays=table.holidays,
    )


def _days_of_sellers(
    table: SellerTable, rng: np.random.Generator
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the weekdays on which each seller hands over, and on which it packs, as bits."""
    hands_over, works = rng.random(table.count), rng.random(table.count)
    few, weekdays = weekday_bits(_FEW_PICKUPS), weekday_bits("Mon-Fri")
    saturday = table.weekdays_only + (1 - table.weekdays_only) / 2
    more = np.where(works < saturday, weekday_bits("Mon-Sat"), weekday_bits("daily"))
    return (
        np.where(hands_over < table.every_pickup, weekdays, few),
        np.where(works < table.weekdays_only, weekdays, more),
    )


def _radical_inverse(count: int) -> Floats:
    """Return 0, 1/2, 1/4, 3/4, ...: any first part of it is evenly spread (van der Corput 1935)."""
    value, step = np.zeros(1), 0.5
    while len(value) < count:
        value, step = np.concatenate([value, value + step]), step / 2
    return value[:count]


def _markets_of_sellers(
    table: SellerTable, rank: Floats, rng: np.random.Generator
) -> NDArray[np.int64]:
    markets = load_markets()
    merchants = {f"Z{zip3:03d}" for zip3 in MERCHANT_MARKETS}
    lift = np.array([table.merchant_lift if m in merchants else 1.0 for m in markets.ids])
    pick = rng.random(len(rank))
    small = np.searchsorted(np.cumsum(markets.share), pick * (1 - 1e-12))
    weight = markets.share * lift
    large = np.searchsorted(np.cumsum(weight / weight.sum()), pick * (1 - 1e-12))
    return np.where(rank >= 1 - table.large_share, large, small)


def handed_over_by_weekday(
    table: SellerTable, shape: DemandShape, carrier: Carrier
) -> tuple[float, ...]:
    """Return parcels handed over on each weekday over those of the average day, Monday first.

    Sums over the hours of a week and the quantiles of the handling time; sellers that work
    Monday to Friday and hand over on each pickup day stand for all.
    """
    median = table.handling.total_seconds() / 3600
    steps = 200
    handling = median * np.exp(table.handling_log_sd * ndtri((np.arange(steps) + 0.5) / steps))
    opens, cutoff = minute_of(table.opens) / 60, minute_of(table.cutoffs[0]) / 60
    pickup = minute_of(carrier.pickup_time) / 60
    days = weekday_bits(carrier.pickup_days)
    handed: Any = np.zeros(7)
    for weekday in range(7):
        for hour in range(24):
            day, start = weekday, max(float(hour), opens)
            if hour >= cutoff or day > 4:
                day, start = (day + 1 if day < 4 else 7), opens
            packed = day * 24 + start + handling
            on = np.floor((packed - pickup) / 24).astype(np.int64) + 1
            while not all((days >> (d % 7)) & 1 for d in np.unique(on)):
                on = np.where((days >> (on % 7)) & 1, on, on + 1)
            handed += np.bincount(on % 7, minlength=7) * shape.weekday[weekday]
    return tuple((handed / handed.mean()).tolist())
