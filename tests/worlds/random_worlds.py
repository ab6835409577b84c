"""Small problems: written down by hand (`Sketch`), or made up at random (`world`, `worlds`).

A random world is drawn to be awkward rather than likely: ticks so coarse that much happens at one
instant, trucks that take one parcel or none, shifts that end in the middle of the work, vans that
come back when others get ready, and a horizon that cuts anywhere.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any, TypeVar

import numpy as np
from hypothesis import strategies as st
from sketch_text import lines_about

from logistics.simulation.problem import (
    Departures,
    Ending,
    Facilities,
    Gates,
    Hazards,
    Lanes,
    Limits,
    Parcels,
    Problem,
    Sources,
    Staffing,
    Work,
)
from logistics.vocabulary import UNLIMITED

T = TypeVar("T")
Row = dict[str, Any]

EVERY_DAY = 0b1111111
SAFE = 10**9
"""A threshold that nothing here adds up to."""
ONE_TO_ONE, REVERSED = 0, 1
"""Laws of work: the ticks are the parcel's number, or what is left of ten."""

PLAIN: Row = {
    "dwell": 0, "loss": 0, "damage": (), "doors_close": 0, "capacity": UNLIMITED, "weekday": 0,
    "least": 0, "law": ONE_TO_ONE, "length": 1.0, "gate": "", "daily_capacity": 0, "failures": 0,
    "stop": 0, "risk": 0, "loss_threshold": SAFE, "damage_threshold": SAFE, "stolen": False,
    "pickup_weekdays": EVERY_DAY,
}  # fmt: skip
"""What goes without saying, by name."""


@dataclass
class Sketch:
    """A problem as one would tell it; `problem` sorts and numbers everything as it should be."""

    horizon: int = 1000
    risks: int = 1
    ticks: type[np.integer[Any]] = np.int32
    most_work: int = UNLIMITED
    seller_loss: int = 0
    seller_damage: Sequence[Sequence[int]] = ()
    door_damage: Sequence[int] = ()
    facilities: list[Row] = field(default_factory=list)
    lanes: list[Row] = field(default_factory=list)
    departures: list[Row] = field(default_factory=list)
    gates: list[Row] = field(default_factory=list)
    sources: list[Row] = field(default_factory=list)
    parcels: list[Row] = field(default_factory=list)
    routes: dict[tuple[str, str], str] = field(default_factory=dict)
    followed: tuple[int, int] = (0, 0)
    cuts: Sequence[int] = ()

    def facility(
        self,
        name: str,
        workers: int | Sequence[tuple[int, int]] = UNLIMITED,
        dwell: int = 0,
        loss: int = 0,
        damage: Sequence[Sequence[int]] = (),
        **more: Any,
    ) -> str:
        """Add a facility; `workers` may be shifts, (tick, workers) from tick 0 on."""
        shifts = [(0, workers)] if isinstance(workers, int) else list(workers)
        row = {"id": name, "shifts": shifts, "dwell": dwell, "loss": loss, "damage": damage}
        self.facilities.append({**row, "law": ONE_TO_ONE, "length": 1.0, **more})
        return name

    def lane(self, name: str, origin: str, destination: str, **more: Any) -> str:
        """Add a lane; `origin` "" makes a pickup, `destination` "" a round."""
        row = {"doors_close": 0, "round_ticks": 0, "loss": 0, "damage": (), **more}
        self.lanes.append({"id": name, "origin": origin, "destination": destination, **row})
        if origin and not destination:
            self.routes[origin, origin] = name
        return name

    def departs(
        self, lane: str, tick: int, arrives: int, capacity: int = UNLIMITED, **more: int
    ) -> None:
        """Add a departure or a wave (which `arrives` when its couriers are back)."""
        row = {"lane": lane, "tick": tick, "arrives": arrives, "capacity": capacity}
        self.departures.append({**row, "least": 0, "weekday": 0, **more})

    def gate(self, name: str, days: Iterable[tuple[int, int]]) -> str:
        """Add a gate with working days (opens, cutoff)."""
        self.gates.append({"id": name, "days": list(days)})
        return name

    def source(
        self, name: str, facility: str = "", pickup: str = "", gate: str = "", **more: Any
    ) -> str:
        """Add a source: a facility, or a seller with a pickup lane."""
        row = {"pickup_weekdays": EVERY_DAY if pickup else 0, "daily_capacity": 0}
        row = {**row, "law": ONE_TO_ONE, "length": 1.0, **more}
        self.sources.append(
            {"id": name, "facility": facility, "pickup": pickup, "gate": gate, **row}
        )
        return name

    def parcel(
        self,
        source: str,
        station: str,
        ordered: int,
        work: Sequence[int],
        order: object = None,
        **more: Any,
    ) -> None:
        """Add a parcel; parcels that name the same `order` belong together."""
        row = {
            "failures": 0,
            "stop": 0,
            "risk": 0,
            "loss_threshold": SAFE,
            "damage_threshold": SAFE,
            "stolen": False,
            **more,
        }
        order = len(self.parcels) if order is None else order
        given = {"source": source, "station": station, "ordered": ordered, "work": list(work)}
        self.parcels.append({"order": order, **given, **row})

    def path(self, facility: str, station: str) -> list[str]:
        """Return the facilities that a parcel for `station` visits from `facility` on."""
        lanes = {row["id"]: row for row in self.lanes}
        visited = [facility]
        while visited[-1] != station:
            visited.append(lanes[self.routes[visited[-1], station]]["destination"])
        return visited

    def problem(self) -> Problem:
        """Return the numbered problem, in columns of the types that `draw` gives them.

        Other types would have Numba compile the engine once more.
        """
        facilities = sorted(self.facilities, key=lambda row: row["id"])
        lanes = sorted(self.lanes, key=lambda row: (not row["destination"], row["id"]))
        place = _numbers(facilities)
        lane = _numbers(lanes)
        next_lane = np.full((len(place), len(place)), -1, np.int32)
        for (facility, station), name in self.routes.items():
            next_lane[place[facility], place[station]] = lane[name]
        problem = Problem(
            tick_ms=60_000,
            horizon=self.horizon,
            facilities=Facilities(
                tuple(place)[:-1], _array([row["dwell"] for row in facilities], np.int64)
            ),
            staffing=self._staffing(facilities, place),
            lanes=Lanes(
                tuple(lane)[:-1],
                _array([place[row["origin"]] for row in lanes]),
                _array([place[row["destination"]] for row in lanes]),
                _array([row["doors_close"] for row in lanes], np.int64),
                _array([row["round_ticks"] for row in lanes], np.int64),
            ),
            next_lane=next_lane[:-1, :-1].copy(),
            departures=self._departures(lane),
            gates=self._gates(),
            sources=self._sources(place, lane),
            work=self._work([*facilities, *self.sources]),
            parcels=self._parcels(place),
            hazards=self._hazards(facilities, lanes),
        )
        ending = Ending(*self.followed, np.array(self.cuts, np.int64))
        return replace(problem, ending=ending.among(problem.departures, problem.lanes))

    def _ticks(self, rows: list[Row], name: str) -> Any:
        return np.array([row[name] for row in rows], self.ticks)

    def _staffing(self, facilities: list[Row], place: dict[str, int]) -> Staffing:
        changes = sorted(
            (tick, place[row["id"]], workers)
            for row in facilities
            for tick, workers in row["shifts"]
        )
        tick, facility, workers = np.array(changes, np.int64).reshape(-1, 3).T
        return Staffing(tick.copy(), facility.astype(np.int32), workers.copy())

    def _departures(self, lane: dict[str, int]) -> Departures:
        # The sort is stable: departures of one lane at one tick keep the order they were given in.
        rows = sorted(self.departures, key=lambda row: (row["tick"], lane[row["lane"]]))
        return Departures(
            self._ticks(rows, "tick"),
            _array([lane[row["lane"]] for row in rows]),
            self._ticks(rows, "arrives"),
            _array([row["capacity"] for row in rows]),
            _array([row["least"] for row in rows]),
            _array([row["weekday"] for row in rows], np.int8),
        )

    def _gates(self) -> Gates:
        days = [day for gate in self.gates for day in gate["days"]]
        first = np.cumsum([0, *(len(gate["days"]) for gate in self.gates)])
        opens, cutoff = np.array(days, np.int64).reshape(-1, 2).T
        return Gates(first.astype(np.int64), opens.copy(), cutoff.copy())

    def _sources(self, place: dict[str, int], lane: dict[str, int]) -> Sources:
        gate = _numbers(self.gates)
        return Sources(
            _array([place[row["facility"]] for row in self.sources]),
            _array([lane[row["pickup"]] for row in self.sources]),
            _array([row["pickup_weekdays"] for row in self.sources], np.uint8),
            _array([gate[row["gate"]] for row in self.sources], np.int64),
            _array([row["daily_capacity"] for row in self.sources]),
        )

    def _work(self, places: list[Row]) -> Work:
        number = np.arange(1 << 16, dtype=np.float64)
        return Work(
            law=_array([row["law"] for row in places], np.int16),
            length=np.array([row["length"] for row in places]),
            factors=np.stack([number, np.maximum(10 - number, 0)]),
            most=self.most_work,
        )

    def _limits(self, rows: list[Row], name: str) -> Limits:
        parcels = [parcel for parcel, row in enumerate(rows) if row[name] < SAFE]
        hazard = [rows[parcel][name] for parcel in parcels]
        return Limits(_array(parcels, np.int64), _array(hazard, np.int64))

    def _parcels(self, place: dict[str, int]) -> Parcels:
        source = _numbers(self.sources)
        instants = {row["order"]: row["ordered"] for row in self.parcels}
        order = {name: i for i, name in enumerate(sorted(instants, key=lambda o: instants[o]))}
        rows = sorted(self.parcels, key=lambda row: (source[row["source"]], order[row["order"]]))
        visits = max((len(row["work"]) for row in rows), default=1)
        work = [row["work"] + [0] * (visits - len(row["work"])) for row in rows]
        return Parcels(
            order=_array([order[row["order"]] for row in rows]),
            ordered=self._ticks(rows, "ordered"),
            source=_array([source[row["source"]] for row in rows]),
            station=_array([place[row["station"]] for row in rows]),
            work=np.array(work, np.uint16).reshape(-1, visits),
            failures=_array([row["failures"] for row in rows], np.uint8),
            stop=_array([row["stop"] for row in rows]),
            risk=_array([row["risk"] for row in rows], np.int16),
            loss=self._limits(rows, "loss_threshold"),
            damage=self._limits(rows, "damage_threshold"),
            stolen=np.array([row["stolen"] for row in rows], bool),
        )

    def _hazards(self, facilities: list[Row], lanes: list[Row]) -> Hazards:
        nothing = [0] * self.risks
        visits = [*facilities, {"loss": self.seller_loss, "damage": self.seller_damage}]
        return Hazards(
            visit_loss=np.array([row["loss"] for row in visits], np.int64),
            visit_damage=np.array([row["damage"] or [nothing] * 3 for row in visits], np.int64),
            lane_loss=np.array([row["loss"] for row in lanes], np.int64),
            lane_damage=np.array([row["damage"] or nothing for row in lanes], np.int64),
            door_damage=np.array(self.door_damage or nothing, np.int64),
        )


def _numbers(rows: list[Row]) -> dict[str, int]:
    """Return the number of each id, with -1 for "" at the end."""
    return {**{row["id"]: number for number, row in enumerate(rows)}, "": -1}


def _array(numbers: list[int], dtype: type[np.integer[Any]] = np.int32) -> Any:
    return np.array(numbers, dtype)


@dataclass(frozen=True, repr=False)
class World(Problem):
    """A problem that prints as the sketch it was made from."""

    sketch: Sketch = field(default_factory=Sketch)

    def __repr__(self) -> str:
        """Tell the world in a few lines."""
        return "\n".join(("a world", *(f"    {line}" for line in lines_about(self.sketch))))

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        """Let Hypothesis print a world that fails in the same way."""
        printer.text(repr(self))


@dataclass(frozen=True)
class Dice:
    """The choices in a random world. The first or smallest is always the plainest."""

    integer: Callable[[int, int], int]

    def chance(self, percent: int) -> bool:
        """Return whether it happens, which is not the plain case."""
        return self.integer(0, 99) >= 100 - percent

    def pick(self, options: Sequence[T]) -> T:
        """Return one of the options."""
        return options[self.integer(0, len(options) - 1)]

    def several(self, least: int, most: int, percent: int, make: Callable[[], T]) -> list[T]:
        """Return `least` to `most` things, each further one with a chance."""
        made = [make() for _ in range(least)]
        # One choice before each thing, so that shrinking can leave single things out.
        while len(made) < most and self.chance(percent):
            made.append(make())
        return made


class RandomWorld:
    """A sketch in the making, together with what must stay the same all over it."""

    def __init__(self, dice: Dice) -> None:
        self.dice = dice
        self.grain = dice.pick([1, 1, 2, 5])
        self.span = dice.integer(8, 24) * dice.pick([1, 2]) * (self.grain + 1) // 2
        self.day = dice.pick([3, 5, 10])
        # Trucks and vans come in on this grid of ticks, and many leave on it.
        self.meeting = dice.pick([1, 4, 1, 6])
        self.rough = dice.chance(65)
        self.sketch = Sketch(
            horizon=dice.integer(1, 2 * self.span) if dice.chance(30) else 2 * self.span,
            risks=2,
            ticks=dice.pick([np.int32, np.int32, np.int32, np.int64]),
            most_work=dice.pick([UNLIMITED, UNLIMITED, 5]),
            seller_loss=self.hazard(),
            seller_damage=self.visit_damage(),
            door_damage=[self.hazard(), self.hazard()],
        )
        self.longest_work: dict[str, int] = {}

    def problem(self) -> World:
        """Return a problem that keeps every promise of `logistics.simulation.problem`."""
        dice, sketch = self.dice, self.sketch
        names = [f"F{i}" for i in range(dice.integer(1, 8))]
        for name in names:
            self.add_facility(name)
        for station in sorted({dice.pick(names) for _ in range(dice.integer(1, 3))}):
            self.add_station(station, names)
        ends = sorted({origin for origin, _ in sketch.routes})
        collectors = [dice.pick(ends) for _ in range(dice.integer(0, 2))]
        for number, collector in enumerate(collectors):
            # Pickup lanes are numbered before other lanes, or after them.
            self.add_pickup(dice.pick(["A", "P"]) + str(number), collector)
        dice.several(0, 3, 60, self.add_gate)
        dice.several(1, 5, 70, lambda: self.add_source(ends))
        dice.several(1, 40, 97, self.add_parcel)
        if dice.chance(70):
            self.add_ending()
        return world_of(sketch)

    def tick(self, last: int) -> int:
        """Return a tick up to `last`, on the world's grid of instants."""
        return self.dice.integer(0, last // self.grain) * self.grain

    def hazard(self) -> int:
        return self.dice.pick([0, 0, 0, 1, 2, 3]) if self.rough else 0

    def visit_damage(self) -> list[list[int]]:
        return [[self.hazard(), self.hazard()] for _ in range(3)] if self.rough else []

    def add_facility(self, name: str) -> None:
        dice = self.dice
        longest = dice.pick([0, 1, 2, 4, 9])
        self.longest_work[name] = longest
        queue = dice.chance(80 if longest else 40)
        self.sketch.facility(
            name,
            self.shifts() if queue else UNLIMITED,
            dwell=dice.pick([0, 0, 0, 1, 3]),
            loss=self.hazard(),
            damage=self.visit_damage(),
            **self.pace(),
        )

    def pace(self) -> Row:
        """How long work takes, by a parcel's number: mostly one to one."""
        dice = self.dice
        if not dice.chance(30):
            return {}
        return {"law": dice.pick([REVERSED, ONE_TO_ONE]), "length": dice.pick([0.5, 1.0, 2.0, 0.0])}

    def shifts(self) -> list[tuple[int, int]]:
        dice = self.dice
        first = dice.pick([1, 2, 3, 0])

        def change() -> tuple[int, int]:
            tick, workers = 1 + self.tick(self.span), dice.pick([1, 0, 2, 3])
            return _up(tick, self.meeting), workers

        changes = dict(dice.several(0, 6, 60, change))
        if dice.chance(70):
            changes[self.span + 1] = 2
        return sorted({0: first, **changes}.items())

    def add_station(self, station: str, names: list[str]) -> None:
        """Add a round, and ways to the station from most facilities: a tree, at most 3 deep."""
        dice, sketch = self.dice, self.sketch
        deepest = dice.integer(1, 3)
        depths = {station: 0}
        self.add_lane(f"R{station}", station, "", round_ticks=dice.integer(1, 8))
        start = names.index(station) + 1
        for name in names[start:] + names[: start - 1]:
            if dice.chance(15):
                continue
            near = [other for other, depth in depths.items() if depth < deepest]
            hop = near[-1 - dice.integer(0, len(near) - 1)]
            depths[name] = depths[hop] + 1
            sketch.routes[name, station] = self.lane_between(name, hop)

    def lane_between(self, origin: str, destination: str) -> str:
        """Return a lane that is already there, or another beside it."""
        lanes = self.sketch.lanes
        there = [r["id"] for r in lanes if (r["origin"], r["destination"]) == (origin, destination)]
        if there and not self.dice.chance(25):
            return self.dice.pick(there)
        name = f"L{origin}{destination}{'ba'[len(there) % 2]}{len(there)}"
        return self.add_lane(name, origin, destination)

    def add_lane(self, name: str, origin: str, destination: str, round_ticks: int = 0) -> str:
        dice = self.dice
        damage = [self.hazard(), self.hazard()]
        more = {"round_ticks": round_ticks, "loss": self.hazard(), "damage": damage}
        doors_close = dice.pick([0, 0, 1, 2, 3])
        self.sketch.lane(name, origin, destination, doors_close=doors_close, **more)
        self.add_departures(
            name, round_ticks or self.grain * dice.integer(1, 6), in_order=bool(round_ticks)
        )
        return name

    def add_pickup(self, name: str, collector: str) -> None:
        damage = [self.hazard(), self.hazard()]
        self.sketch.lane(name, "", collector, loss=self.hazard(), damage=damage)
        self.add_departures(name, self.dice.integer(1, 6), unlimited=True)

    def add_departures(
        self, lane: str, duration: int, unlimited: bool = False, in_order: bool = False
    ) -> None:
        dice = self.dice
        grid = self.meeting if dice.chance(60) else 1
        headway = _up(max(self.grain, dice.integer(2, 7) * self.span // 16), grid)
        offset, shift = _up(self.tick(headway), grid), dice.integer(0, 6)
        roomy = dice.chance(50)
        fills = dice.pick([1, 2, 3, 4]) if not (unlimited or in_order) and dice.chance(40) else 0
        for tick in range(offset, 2 * self.span + 1, headway):
            # One choice decides all about a departure: there are too many of them for more.
            quirk, size = divmod(dice.integer(0, 11 * 7 - 1), 7)
            late = {3: 1, 4: 2, 5: headway, 6: 2 * headway, 10: headway + 1}.get(quirk, 0)
            if in_order:
                late = 0
            capacity = (2, 1, 3, 5, 1, 0, UNLIMITED)[size]
            if unlimited:
                capacity = UNLIMITED
            elif roomy and size < 6:
                capacity += 8
            # Of two departures at one tick the second is the faster.
            for later in (late, 0) if quirk >= 9 else (late,):
                arrives = _up(tick + duration + later, self.meeting)
                weekday = (tick // self.day + shift) % 7
                # in a window vehicles leave when they are full, at its end in any case
                least = fills if fills <= capacity and tick // headway % 3 else 0
                room = capacity if capacity == UNLIMITED or not least else capacity // least * least
                self.sketch.departs(lane, tick, arrives, room, weekday=weekday, least=least)

    def add_gate(self) -> None:
        dice = self.dice
        days = dice.several(0, 8, 92, lambda: (self.tick(self.span), self.tick(self.span)))
        opens = sorted({opens for opens, _ in days})
        cutoffs = sorted({cutoff for _, cutoff in days})
        self.sketch.gate(f"G{len(self.sketch.gates)}", zip(opens, cutoffs, strict=False))

    def add_source(self, ends: list[str]) -> None:
        dice, sketch = self.dice, self.sketch
        gates = [row["id"] for row in sketch.gates]
        pickups = [row["id"] for row in sketch.lanes if not row["origin"]]
        name = f"S{len(sketch.sources)}"
        more = {
            "gate": dice.pick(gates) if gates and dice.chance(50) else "",
            "daily_capacity": dice.pick([0, 0, 1, 2, 3]),
            **self.pace(),
        }
        if pickups and dice.chance(45):
            weekdays = EVERY_DAY & ~dice.pick([0, 0b0000001, 0b0010100, 0b1100000, 0b1011111])
            sketch.source(name, pickup=dice.pick(pickups), pickup_weekdays=weekdays, **more)
            self.longest_work[name] = dice.integer(0, 4)
        else:
            taken = {row["facility"] for row in sketch.sources}
            free = [end for end in ends if end not in taken]
            if free:
                sketch.source(name, facility=dice.pick(free), **more)
            elif not sketch.sources:
                raise AssertionError("the first source always finds a facility")

    def add_parcel(self) -> None:
        dice, sketch = self.dice, self.sketch
        source = dice.pick(sketch.sources)
        last = sketch.parcels[-1] if sketch.parcels else None
        ordered = self.tick(self.span if dice.chance(20) else self.span // 2)
        order: object = None
        if last and dice.chance(10):
            order, ordered = last["order"], last["ordered"]

        collectors = {row["id"]: row["destination"] for row in sketch.lanes}
        start = source["facility"] or collectors[source["pickup"]]
        station = dice.pick([end for begin, end in sketch.routes if begin == start])
        visits = sketch.path(start, station)
        if not source["facility"]:
            visits.insert(0, source["id"])
        thresholds = [SAFE, SAFE, SAFE, *range(10)] if self.rough else [SAFE]
        sketch.parcel(
            source["id"],
            station,
            ordered,
            [self.work(visit) for visit in visits],
            order,
            failures=dice.pick([0, 0, 0, 1, 1, 2, 3]),
            stop=dice.integer(0, 3),
            risk=dice.integer(0, 1),
            loss_threshold=dice.pick(thresholds),
            damage_threshold=dice.pick(thresholds),
            stolen=dice.chance(15),
        )

    def add_ending(self) -> None:
        """Let the run end when what was ordered in some ticks has ended, at ticks on a grid."""
        dice, sketch = self.dice, self.sketch
        first = self.tick(self.span // 4)
        sketch.followed = first, first + dice.integer(1, self.span // 3)
        sketch.cuts = range(dice.integer(1, 9), sketch.horizon, dice.pick([1, 1, 2, 5]))

    def work(self, place: str) -> int:
        longest = self.longest_work[place]
        return self.dice.integer(1, longest) if longest else 0


def _up(tick: int, grid: int) -> int:
    return -(-tick // grid) * grid


def world_of(sketch: Sketch) -> World:
    """Return a sketch's problem, which remembers the sketch."""
    problem = sketch.problem()
    parts = {part.name: getattr(problem, part.name) for part in fields(Problem)}
    return World(**parts, sketch=sketch)


def world(seed: int) -> World:
    """Return the random world of a seed."""
    return RandomWorld(Dice(random.Random(seed).randint)).problem()


@st.composite
def worlds(draw: st.DrawFn) -> World:
    """Draw a random world, and shrink it towards a plain one."""
    return RandomWorld(Dice(lambda low, high: draw(st.integers(low, high)))).problem()
