"""The small network as a SimPy user would write it: one process a parcel, nothing but deliveries.

The yardstick for the textbook engine, from the same `Problem`: fixed numbers of workers, trucks and
rounds on timetables, failed attempts, losses. No other record; no shifts, sellers, cutoffs, damage.
"""

from bisect import bisect_left
from itertools import count
from operator import itemgetter

import simpy

from logistics.simulation.problem import Problem
from logistics.simulation.textbook.parcel import rows_of
from logistics.vocabulary import NOT_YET


def delivery_ticks(problem: Problem) -> list[int]:
    """Return the tick at which each parcel was delivered, or given back after three attempts."""
    env, parcels, lanes = simpy.Environment(), problem.parcels, problem.lanes
    dwell, next_lane = problem.facilities.dwell.tolist(), problem.next_lane.tolist()
    destination, round_ticks = lanes.destination.tolist(), lanes.round_ticks.tolist()
    limits, factors = parcels.loss.each(len(parcels.order)).tolist(), problem.work.factors.tolist()
    law, length = zip(*rows_of(problem.work, "law", "length"), strict=True)
    visit_loss, lane_loss = problem.hazards.visit_loss.tolist(), problem.hazards.lane_loss.tolist()
    workers = [simpy.Resource(env, n) for n in problem.staffing.workers[: len(dwell)].tolist()]
    numbers, waiting = [count() for _ in dwell], [[] for _ in destination]
    timetable = list(enumerate(rows_of(problem.departures, "lane", "tick", "arrives", "capacity")))
    facility, ended = problem.sources.facility.tolist(), [NOT_YET] * len(parcels.ordered)

    def parcel(number, place, station, work, failures, stop, can_take):  # noqa: PLR0913, PLR0917
        for effort in work:
            first_come = next(numbers[place])
            with workers[place].request() as turn:
                yield turn
                yield env.timeout(round(length[place] * factors[law[place]][effort]))
            yield env.timeout(dwell[place])
            if (can_take := can_take - visit_loss[place]) < 0:
                return
            lane, seniority = next_lane[place][station], (env.now, 0, first_come)
            if (place := destination[lane]) < 0:
                break
            waiting[lane].append((seniority, seniority, boards := env.event()))
            yield (yield boards)[0]
            if (can_take := can_take - lane_loss[lane]) < 0:
                return
        for failures_left in range(min(failures, 2), -1, -1):
            waiting[lane].append((seniority, (stop, number), boards := env.event()))
            back, (wave, rank, at_door) = yield boards
            yield env.timeout(at_door - env.now)
            if (can_take := can_take - lane_loss[lane]) < 0:
                return
            if failures_left:
                yield back
                seniority = (env.now, 1, wave, rank)
        ended[number] = env.now

    def departures(lane, doors_close):
        for trip, (_, tick, arrives, capacity) in filter(lambda row: row[1][0] == lane, timetable):
            yield env.timeout(tick - env.now)
            yield env.timeout(0)  # who is ready at this very tick comes first
            line, too_late = sorted(waiting[lane]), tick - doors_close + (doors_close == 0)
            load = min(bisect_left(line, ((too_late,),)), capacity)
            aboard, waiting[lane] = line[:load], line[load:]
            arrival = env.timeout(arrives - tick)  # of the truck, or of the couriers who are back
            for rank, (_, _, boards) in enumerate(sorted(aboard, key=itemgetter(1))):
                at_door = tick + max(1, (2 * rank + 1) * round_ticks[lane] // (2 * load))
                boards.succeed((arrival, (trip, rank, at_door)))

    def orders():
        given = ("ordered", "order", "source", "station", "work", "failures", "stop")
        rows = enumerate(rows_of(parcels, *given))
        for number, (tick, _, source, *given) in sorted(rows, key=itemgetter(1)):
            yield env.timeout(tick - env.now)
            env.process(parcel(number, facility[source], *given, limits[number]))

    for process in (orders(), *map(departures, count(), lanes.doors_close.tolist())):
        env.process(process)
    env.run(until=problem.horizon)
    return ended
