"""Business days of lists typed by hand: Monday is day 0, the weekends are days 5, 6, 12 and 13."""

import math

import numpy as np
import pytest

from benchmarks.transit import business_days, transit_by_group, transit_of

WORKING = np.array([0, 1, 2, 3, 4, 7, 8, 9, 10, 11, 14])
MON, TUE, WED, THU, FRI, SAT, SUN, NEXT_MON, NEXT_TUE = range(9)


def days(scanned: int, delivered: int, working: np.ndarray = WORKING) -> int:
    return int(business_days(np.array([scanned]), np.array([delivered]), working)[0])


@pytest.mark.parametrize(
    ("scanned", "delivered", "expected"),
    [
        (MON, MON, 0),
        (MON, TUE, 1),
        (MON, FRI, 4),
        (FRI, NEXT_MON, 1),
        (FRI, SAT, 1),
        (THU, SAT, 2),
        (FRI, SUN, 1),
        (SAT, SAT, 1),
        (SAT, NEXT_MON, 1),
        (SUN, NEXT_TUE, 2),
        (MON, 14, 10),
    ],
)
def test_the_day_of_the_scan_is_day_0_and_a_saturday_is_no_gain(
    scanned: int, delivered: int, expected: int
) -> None:
    assert days(scanned, delivered) == expected


def test_a_holiday_is_no_business_day() -> None:
    without_wednesday = WORKING[WORKING != WED]
    assert days(TUE, THU) == 2
    assert days(TUE, THU, without_wednesday) == 1


def test_whole_columns() -> None:
    found = business_days(np.array([MON, FRI, FRI]), np.array([WED, SAT, NEXT_TUE]), WORKING)
    assert found.tolist() == [2, 1, 2]
    assert business_days(np.array([], int), np.array([], int), WORKING).tolist() == []


@pytest.mark.parametrize(
    ("scanned", "delivered", "working", "message"),
    [
        (TUE, MON, WORKING, "parcel 0 is delivered on day 0, before its first scan on day 1"),
        (MON, 15, WORKING, "delivered on day 15, after the last working day given"),
        (MON, TUE, WORKING[:0], "delivered on day 1, after the last working day given"),
        (MON, TUE, WORKING[::-1], "the working days must ascend"),
    ],
)
def test_what_cannot_be_counted_is_refused(
    scanned: int, delivered: int, working: np.ndarray, message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        days(scanned, delivered, working)


def test_by_zone() -> None:
    found = transit_by_group(np.array([1, 1, 2, 6, 3]), np.array([2, 2, 2, 8, 8]))
    assert list(found) == [2, 8]
    assert found[2].parcels == 3
    assert found[2].median == 1.0
    assert found[2].mean == pytest.approx(4 / 3)
    assert found[2].within == pytest.approx({1: 2 / 3, 2: 1, 3: 1, 4: 1, 5: 1})
    assert found[8].median == 4.5
    assert found[8].within == pytest.approx({1: 0, 2: 0, 3: 0.5, 4: 0.5, 5: 0.5})


def test_no_parcels_have_no_transit() -> None:
    nothing = transit_of(np.array([], int))
    assert nothing.parcels == 0
    assert math.isnan(nothing.mean)
    assert all(math.isnan(share) for share in nothing.within.values())
    assert transit_by_group(np.array([], int), np.array([], int)) == {}


def test_every_parcel_has_a_group() -> None:
    with pytest.raises(ValueError, match="2 transits for 1 groups"):
        transit_by_group(np.array([1, 2]), np.array([2]))
