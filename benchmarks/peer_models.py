"""The models of `peers`, written for SimPy, salabim and Ciw as their manuals would have it.

Times are ticks. Every function builds its model, runs it and returns (how many were finished, the
mean time that is compared): in a queue the mean wait, in a network the mean delivery time. The
packages are imported when they are used, because not everybody has them.
"""

from __future__ import annotations

import math
import random
from dataclasses import dataclass
from itertools import islice

Answer = tuple[int, float]


@dataclass(frozen=True)
class Line:
    """A multi-server queue: when customers come, how long each is served, by how many."""

    arrives: list[int]
    work: list[int]
    workers: int


@dataclass(frozen=True)
class Center:
    """A center of the parcel network with its own orders, and the lane to the station."""

    arrives: list[int]
    work: list[int]
    workers: int
    departs: list[int]
    capacity: int
    transit: int


@dataclass(frozen=True)
class Parcels:
    """Two centers, a station with so many workers and a constant work, and its daily round."""

    centers: tuple[Center, ...]
    workers: int
    work: int
    waves: list[int]
    wave_capacity: int
    round_ticks: int


def stops(count: int, round_ticks: int, luck: random.Random) -> list[float]:
    """Return when each parcel of a wave is delivered, in ticks after it left."""
    places = [(rank + 0.5) / count * round_ticks for rank in range(count)]
    luck.shuffle(places)
    return places


# --- SimPy ----------------------------------------------------------------------------------------


def simpy_line(line: Line) -> Answer:
    import simpy  # noqa: PLC0415

    env = simpy.Environment()
    workers = simpy.Resource(env, line.workers)
    waits: list[int] = []

    def customer(work: int):
        came = env.now
        with workers.request() as turn:
            yield turn
            waits.append(env.now - came)
            yield env.timeout(work)

    def source():
        for tick, work in zip(line.arrives, line.work, strict=True):
            yield env.timeout(tick - env.now)
            env.process(customer(work))

    env.process(source())
    env.run()
    return len(waits), sum(waits) / len(waits)


def simpy_parcels(model: Parcels) -> Answer:
    import simpy  # noqa: PLC0415

    env, luck = simpy.Environment(), random.Random(1)
    at_station = simpy.Resource(env, model.workers)
    doors = simpy.Store(env)
    times: list[float] = []

    def parcel(center: Center, workers: simpy.Resource, seats: simpy.Container, work: int):
        ordered = env.now
        with workers.request() as turn:
            yield turn
            yield env.timeout(work)
        yield seats.get(1)
        yield env.timeout(center.transit)
        with at_station.request() as turn:
            yield turn
            yield env.timeout(model.work)
        stop = yield doors.get()
        yield env.timeout(stop)
        times.append(env.now - ordered)

    def trucks(center: Center, seats: simpy.Container):
        for tick in center.departs:
            yield env.timeout(tick - env.now)
            aboard = min(center.capacity, len(seats.get_queue))
            if aboard:
                yield seats.put(aboard)

    def couriers():
        for tick in model.waves:
            yield env.timeout(tick - env.now)
            aboard = min(model.wave_capacity, len(doors.get_queue))
            for stop in stops(aboard, model.round_ticks, luck):
                yield doors.put(stop)

    def source(center: Center, seats: simpy.Container):
        workers = simpy.Resource(env, center.workers)
        for tick, work in zip(center.arrives, center.work, strict=True):
            yield env.timeout(tick - env.now)
            env.process(parcel(center, workers, seats, work))

    for center in model.centers:
        seats = simpy.Container(env)
        env.process(trucks(center, seats))
        env.process(source(center, seats))
    env.process(couriers())
    env.run()
    return len(times), sum(times) / len(times)


# --- salabim --------------------------------------------------------------------------------------


def salabim_line(line: Line) -> Answer:
    import salabim  # noqa: PLC0415

    env = salabim.Environment(trace=False, yieldless=False)
    workers = salabim.Resource(capacity=line.workers, monitor=False)
    waits: list[float] = []

    class Customer(salabim.Component):
        def setup(self, work):
            self.work = work

        def process(self):
            came = env.now()
            yield self.request(workers)
            waits.append(env.now() - came)
            yield self.hold(self.work)
            self.release()

    class Source(salabim.Component):
        def process(self):
            for tick, work in zip(line.arrives, line.work, strict=True):
                yield self.hold(till=tick)
                Customer(work=work)

    Source()
    env.run()
    return len(waits), sum(waits) / len(waits)


def salabim_parcels(model: Parcels) -> Answer:
    import salabim  # noqa: PLC0415

    env, luck = salabim.Environment(trace=False, yieldless=False), random.Random(1)
    at_station = salabim.Resource(capacity=model.workers, monitor=False)
    at_door = salabim.Queue(monitor=False)
    times: list[float] = []

    class Parcel(salabim.Component):
        def setup(self, center, workers, dock, work):
            self.center, self.workers, self.dock, self.work = center, workers, dock, work

        def process(self):
            ordered = env.now()
            yield self.request(self.workers)
            yield self.hold(self.work)
            self.release()
            self.enter(self.dock)
            yield self.passivate()
            yield self.hold(self.center.transit)
            yield self.request(at_station)
            yield self.hold(model.work)
            self.release()
            self.enter(at_door)
            yield self.passivate()
            yield self.hold(self.stop)
            times.append(env.now() - ordered)

    class Trucks(salabim.Component):
        def setup(self, center, dock):
            self.center, self.dock = center, dock

        def process(self):
            for tick in self.center.departs:
                yield self.hold(till=tick)
                for parcel in list(islice(self.dock, self.center.capacity)):
                    parcel.leave(self.dock)
                    parcel.activate()

    class Couriers(salabim.Component):
        def process(self):
            for tick in model.waves:
                yield self.hold(till=tick)
                aboard = list(islice(at_door, model.wave_capacity))
                places = stops(len(aboard), model.round_ticks, luck)
                for parcel, parcel.stop in zip(aboard, places, strict=True):
                    parcel.leave(at_door)
                    parcel.activate()

    class Source(salabim.Component):
        def setup(self, center, dock):
            self.center, self.dock = center, dock

        def process(self):
            workers = salabim.Resource(capacity=self.center.workers, monitor=False)
            for tick, work in zip(self.center.arrives, self.center.work, strict=True):
                yield self.hold(till=tick)
                Parcel(center=self.center, workers=workers, dock=self.dock, work=work)

    for center in model.centers:
        dock = salabim.Queue(monitor=False)
        Trucks(center=center, dock=dock)
        Source(center=center, dock=dock)
    Couriers()
    env.run()
    return len(times), sum(times) / len(times)


# --- Ciw ------------------------------------------------------------------------------------------


def gaps(ticks: list[int]) -> list[float]:
    """Return the times between arrivals, the first from 0, and none after the last."""
    before = [0, *ticks]
    return [*(b - a for a, b in zip(before, ticks, strict=False)), math.inf]


def ciw_line(line: Line) -> Answer:
    import ciw  # noqa: PLC0415

    network = ciw.create_network(
        arrival_distributions=[ciw.dists.Sequential(gaps(line.arrives))],
        service_distributions=[ciw.dists.Sequential(line.work)],
        number_of_servers=[line.workers],
    )
    simulation = ciw.Simulation(network)
    simulation.simulate_until_max_customers(len(line.arrives), method="Complete")
    waits = [record.waiting_time for record in simulation.get_all_records()]
    return len(waits), sum(waits) / len(waits)


def ciw_parcels(model: Parcels) -> Answer:
    """Nodes: a center and its lane, for each center; then the station and the round."""
    import ciw  # noqa: PLC0415

    ciw.seed(1)
    nodes, arrivals, services, servers = 2 * len(model.centers) + 2, [], [], []
    for center in model.centers:
        arrivals += [ciw.dists.Sequential(gaps(center.arrives)), None]
        services += [ciw.dists.Sequential(center.work), ciw.dists.Deterministic(center.transit)]
        capacity = [center.capacity] * len(center.departs)
        servers += [center.workers, ciw.Slotted(center.departs, capacity)]
    arrivals += [None, None]
    services += [ciw.dists.Deterministic(model.work), ciw.dists.Uniform(0, model.round_ticks)]
    servers += [model.workers, ciw.Slotted(model.waves, [model.wave_capacity] * len(model.waves))]
    routing = [[0.0] * nodes for _ in range(nodes)]
    for row in range(nodes - 1):
        leads_to_station = row % 2 == 1  # the end of a lane
        routing[row][nodes - 2 if leads_to_station else row + 1] = 1.0
    simulation = ciw.Simulation(
        ciw.create_network(
            arrival_distributions=arrivals, service_distributions=services,
            number_of_servers=servers, routing=routing,
        )
    )  # fmt: skip
    customers = sum(len(center.arrives) for center in model.centers)
    simulation.simulate_until_max_customers(customers, method="Complete")
    times = [
        one.data_records[-1].exit_date - one.data_records[0].arrival_date
        for one in simulation.nodes[-1].all_individuals
    ]
    return len(times), sum(times) / len(times)
