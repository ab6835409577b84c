"""A week that comes again and again, in half hours: when things are ready, leave and are worked.

Times are minutes since Monday, 00:00, local. A profile is (slots,) parcels by half hour.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from functools import cache
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.special import ndtr

from networks.timetables import Shift

Floats = NDArray[np.float64]
Rows = NDArray[np.int64]

SLOT = 30
DAY = 1440
WEEK = 7 * DAY
SLOTS = WEEK // SLOT
MIDDLES: Floats = np.arange(SLOTS, dtype=np.float64) * SLOT + SLOT / 2
"""(slots,) the minute that stands for each half hour."""


def next_service(days: Collection[int], minutes: Sequence[int], early: float = 0.0) -> Floats:
    """Return (slots,) when what is ready in each half hour leaves.

    `minutes`: of the day. `early`: the loading cutoff, in minutes before a departure.
    """
    leaves = np.array(sorted(DAY * day + minute for day in days for minute in minutes), np.float64)
    round_and_round = np.concatenate([leaves, leaves + WEEK, leaves + 2 * WEEK])
    found = np.searchsorted(round_and_round - early, MIDDLES)
    return np.asarray(round_and_round[found], np.float64)


def released(days: Collection[int], opens: int, cutoff: int) -> Floats:
    """Return (slots,) when orders placed in each half hour are released."""
    closes = sorted(DAY * day + cutoff for day in days)
    ends = np.array([*closes, *(end + WEEK for end in closes)], np.float64)
    found = ends[np.searchsorted(ends, MIDDLES, "right")]
    return np.maximum(MIDDLES, found - cutoff + opens)


def moved(profile: Floats, to: Floats) -> Floats:
    """Return a profile whose half hours have moved to other minutes (same shape)."""
    rows = np.arange(profile.size) // SLOTS * SLOTS
    moved_to = rows + np.floor(to / SLOT).astype(np.int64).reshape(-1) % SLOTS
    sums = np.bincount(moved_to, weights=profile.reshape(-1), minlength=profile.size)
    return np.asarray(sums.reshape(profile.shape))


def spread(hours: float, variation: float, east: float) -> Floats:
    """Return (slots,) the chance that a transit ends so many half hours after it began.

    `hours`: on average. `variation`: coefficient of variation (lognormal). `east`: how far the
    clock at the end is ahead, in hours.
    """
    chance = np.zeros(SLOTS)
    late = int(east * 60 / SLOT)
    if variation <= 0:
        chance[(int(hours * 60 / SLOT + 1e-9) + late) % SLOTS] = 1.0
        return chance
    sigma = np.sqrt(np.log1p(variation**2))
    edges = np.arange(1, 3 * SLOTS) * SLOT / 60
    below = ndtr((np.log(edges / hours) + sigma**2 / 2) / sigma)
    parts = np.diff(np.concatenate([[0.0], below, [1.0]]))
    np.add.at(chance, (np.arange(len(parts)) + late) % SLOTS, parts)
    return chance


def after(profile: Floats, chance: Floats) -> Floats:
    """Return profiles (rows, slots) as much later as `chance` (rows, slots) says."""
    together = np.fft.rfft(profile) * np.fft.rfft(chance)
    return np.asarray(np.maximum(np.fft.irfft(together, SLOTS), 0.0))


def staffing(days: Collection[int], shifts: Sequence[Shift]) -> tuple[Floats, Rows, Floats]:
    """Return worker seconds by half hour, the service day of each half hour, and by day.

    What comes in a half hour is for the first working day whose last shift has not ended.
    """
    seconds = np.zeros(WEEK)
    by_day = np.zeros(7)
    for day in days:
        for shift in shifts:
            minutes = np.arange(shift.starts_minute, shift.ends_minute) + DAY * day
            np.add.at(seconds, minutes % WEEK, 60.0 * shift.workers)
            by_day[day] += 60.0 * shift.workers * len(minutes)
    last = max(shift.ends_minute for shift in shifts)
    ends = np.array(sorted(DAY * day + last for day in days), np.float64)
    # an end on Monday morning may be of Sunday's shift
    ends = np.concatenate([ends - WEEK, ends, ends + WEEK])
    found = ends[np.searchsorted(ends, MIDDLES, "right")]
    service = ((found - last) // DAY).astype(np.int64) % 7
    return seconds.reshape(SLOTS, SLOT).sum(axis=1), service, by_day


def queue(work: Floats, seconds: Floats) -> sparse.csr_matrix[np.float64]:
    """Return (slots, slots) which part of what comes in a half hour is worked in which.

    First come first served, week after week. `work`: seconds that come in each half hour.
    `seconds`: that can be worked in each. Where more comes in a week than can be worked, a queue
    only grows: all is taken to be worked at once.
    """
    if work.sum() >= seconds.sum():
        return sparse.csr_matrix(np.eye(SLOTS))
    left, backlog = 0.0, np.zeros(SLOTS)  # when each half hour begins
    for slot in [*range(SLOTS), *range(SLOTS)]:
        backlog[slot] = left
        left = max(0.0, left + float(work[slot]) - float(seconds[slot]))
    done = np.concatenate([[0.0], np.cumsum(np.tile(seconds, 3))])
    first = done[:SLOTS] + backlog
    last = first + work
    begins = np.searchsorted(done, first + 1e-6, "right") - 1
    ends = np.maximum(np.searchsorted(done, last - 1e-6, "left") - 1, begins)
    count = ends - begins + 1
    came = np.repeat(np.arange(SLOTS), count)
    at = np.arange(len(came)) - np.repeat(np.cumsum(count) - count, count) + begins[came]
    part = np.minimum(last[came], done[at + 1]) - np.maximum(first[came], done[at])
    part = np.where(work[came] > 1e-3, np.maximum(part, 0.0), at == begins[came])
    total = np.bincount(came, weights=part, minlength=SLOTS)
    return sparse.csr_matrix((part / total[came], (came, at % SLOTS)), shape=(SLOTS, SLOTS))


@cache
def hours_east(zone: str) -> float:
    """Return how far a time zone's standard time is ahead of UTC, in hours."""
    offset = datetime(2023, 1, 15, tzinfo=ZoneInfo(zone)).utcoffset()
    return offset.total_seconds() / 3600 if offset is not None else 0.0
