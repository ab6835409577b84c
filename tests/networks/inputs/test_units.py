"""The types of parameters: what each reads, what it refuses, and that it reads what it writes."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from enum import Enum
from typing import Annotated, Literal

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pydantic import Field, NonNegativeFloat, PositiveInt, TypeAdapter, ValidationError

from networks.inputs.faults import InputError
from networks.inputs.local_times import (
    WEEKDAY_NAMES,
    LocalDate,
    LocalTime,
    Weekdays,
    weekday_numbers,
)
from networks.inputs.models import Parameters
from networks.inputs.provenance import Provenance, parameter, provenance
from networks.inputs.units import (
    LONGEST_DURATION,
    Duration,
    Factor,
    Kilograms,
    Kilometres,
    PositiveDuration,
    Share,
    duration_text,
    parse_duration,
)


def read(kind, value):
    return TypeAdapter(kind).validate_python(value)


def refusal(kind, value):
    """Return the message with which a type refuses a value."""
    with pytest.raises(ValidationError) as caught:
        read(kind, value)
    (found,) = caught.value.errors()
    rule = found.get("ctx", {}).get("error")
    return rule.faults[0].problem if isinstance(rule, InputError) else found["msg"]


PATIENT = settings(deadline=None)  # a busy machine is no fault
NO_NUMBERS = [True, False, None, [], {}, "", " ", "many", b"5", float("nan"), float("inf")]


# Durations


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("3 days", timedelta(days=3)),
        ("1 day", timedelta(days=1)),
        ("2 weeks", timedelta(days=14)),
        ("2h30m", timedelta(hours=2, minutes=30)),
        ("2 h 30 min", timedelta(hours=2, minutes=30)),
        ("45 min", timedelta(minutes=45)),
        ("13min", timedelta(minutes=13)),
        ("90 s", timedelta(seconds=90)),
        ("250 ms", timedelta(milliseconds=250)),
        ("1.5 days", timedelta(hours=36)),
        (" 2H ", timedelta(hours=2)),
        (".5 h", timedelta(minutes=30)),
        ("0 s", timedelta(0)),
        ("1d2h3m4s5ms", timedelta(days=1, hours=2, minutes=3, seconds=4, milliseconds=5)),
        ("3653 days", LONGEST_DURATION),
    ],
)
def test_a_duration_is_read_from_text(text, length):
    assert read(Duration, text) == length


def test_a_duration_is_kept_to_the_millisecond():
    assert read(Duration, timedelta(hours=5)) == timedelta(hours=5)
    assert read(Duration, timedelta(microseconds=1499)) == timedelta(milliseconds=1)
    assert read(Duration, "0.33333333 h") == timedelta(seconds=1200)


@pytest.mark.parametrize("value", [3, 3.5, "3", "-3", "2.5", float("nan"), float("inf")])
def test_a_duration_needs_a_unit(value):
    assert refusal(Duration, value) == "a duration needs a unit, such as '3 days' or '2h30m'"


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("-3 h", "a duration must not be negative"),
        (timedelta(hours=-1), "a duration must not be negative"),
        ("11 years", "must be a duration"),
        ("4000 days", "a duration must not exceed 10 years"),
        ("999999999999999999 weeks", "a duration must not exceed 10 years"),
        (timedelta.max, "a duration must not exceed 10 years"),
        ("2h30", "must be a duration"),
        ("2h 3h", "must be a duration"),
        ("30m2h", "must be a duration"),
        ("nan h", "must be a duration"),
        ("inf h", "must be a duration"),
        ("1,000 h", "must be a duration"),
        ("1e3 h", "must be a duration"),
        ("P3D", "must be a duration"),
        ("3:00", "must be a duration"),
        ("٣ h", "must be a duration"),
        ("9" * 10_000 + " h", "must be a duration"),
        ("", "must be a duration"),
        (True, "must be a duration"),
        (None, "must be a duration"),
        (["3 h"], "must be a duration"),
    ],
)
def test_a_wrong_duration_is_refused(value, message):
    assert refusal(Duration, value).startswith(message)


@pytest.mark.parametrize("value", ["0 s", "0.1 ms", timedelta(0)])
def test_a_positive_duration_is_above_zero(value):
    assert "greater than 0" in refusal(PositiveDuration, value)
    assert read(PositiveDuration, "1 ms") == timedelta(milliseconds=1)


@pytest.mark.parametrize(
    "text",
    ["0 s", "1 day", "3 days", "36 h", "2h30m", "90 s", "250 ms", "45 min", "400 days", "1d12h1ms"],
)
def test_a_duration_is_written_as_a_planner_writes_it(text):
    assert duration_text(parse_duration(text)) == text


@PATIENT
@given(st.timedeltas(min_value=timedelta(0), max_value=LONGEST_DURATION))
def test_a_duration_reads_what_it_writes(length):
    kept = read(Duration, length)
    assert abs(kept - length) <= timedelta(microseconds=500)
    assert read(Duration, TypeAdapter(Duration).dump_python(kept)) == kept


# Times of day and days


@pytest.mark.parametrize(
    ("text", "kept"),
    [("14:00", "14:00"), ("9:30", "09:30"), ("0:00", "00:00"), ("24:00", "24:00")],
)
def test_a_local_time_is_kept_as_text(text, kept):
    assert read(LocalTime, text) == kept


def test_a_local_time_read_as_a_number_needs_quotes():
    assert refusal(LocalTime, 840) == "a local time needs quotes, such as '14:00'"


@pytest.mark.parametrize(
    "value",
    ["24:01", "25:00", "12:60", "14", "14:0", "14:00:00", "-1:00", "2 pm", 5000, *NO_NUMBERS],
)
def test_a_wrong_local_time_is_refused(value):
    refusal(LocalTime, value)


@pytest.mark.parametrize(
    ("text", "kept", "numbers"),
    [
        ("Mon-Fri", "Mon-Fri", (0, 1, 2, 3, 4)),
        ("Mon Wed Fri", "Mon Wed Fri", (0, 2, 4)),
        ("Mon-Sat", "Mon-Sat", (0, 1, 2, 3, 4, 5)),
        ("daily", "daily", (0, 1, 2, 3, 4, 5, 6)),
        ("Mon-Sun", "daily", (0, 1, 2, 3, 4, 5, 6)),
        ("fri, MON,tuesday", "Mon Tue Fri", (0, 1, 4)),
        ("Mon - Wed", "Mon-Wed", (0, 1, 2)),
        ("Sat-Mon", "Mon Sat Sun", (0, 5, 6)),
        ("Sun", "Sun", (6,)),
    ],
)
def test_weekdays_have_one_spelling(text, kept, numbers):
    assert read(Weekdays, text) == kept
    assert weekday_numbers(text) == weekday_numbers(kept) == numbers


@pytest.mark.parametrize("value", ["Mo", "Mon-", "-", "Mon-Tue-Wed", "never", 5, *NO_NUMBERS])
def test_wrong_weekdays_are_refused(value):
    refusal(Weekdays, value)


@PATIENT
@given(st.sets(st.integers(0, 6), min_size=1))
def test_weekdays_read_what_they_write(days):
    text = read(Weekdays, " ".join(WEEKDAY_NAMES[day] for day in days))
    assert set(weekday_numbers(text)) == days
    assert read(Weekdays, text) == text


def test_a_date_is_no_number():
    assert (
        read(LocalDate, "2023-10-11") == read(LocalDate, date(2023, 10, 11)) == date(2023, 10, 11)
    )
    for value in (86400, 0, "2023-13-01", "tomorrow", datetime(2023, 10, 11), *NO_NUMBERS):
        refusal(LocalDate, value)


# Numbers


@pytest.mark.parametrize(
    ("value", "share"),
    [(0.05, 0.05), ("5%", 0.05), ("2.8 %", 0.028), (0, 0.0), (1, 1.0), ("100%", 1.0), ("0%", 0.0)],
)
def test_a_share_is_a_number_or_a_percentage(value, share):
    kept = read(Share, value)
    assert kept == share
    assert isinstance(kept, float)


@pytest.mark.parametrize("value", [-0.1, 1.1, "101%", "-1%", "0.5", "5", "%", 10**400, *NO_NUMBERS])
def test_a_wrong_share_is_refused(value):
    refusal(Share, value)


@pytest.mark.parametrize("value", [0, -1, "2", "1e5", 10**400, *NO_NUMBERS])
def test_a_factor_is_a_finite_number_above_zero(value):
    refusal(Factor, value)
    assert read(Factor, 2) == 2.0
    assert read(Factor, 0.5) == 0.5


@pytest.mark.parametrize(
    ("text", "km"),
    [
        ("300 km", 300.0),
        ("186 mi", 299.337984),
        ("0.5km", 0.5),
        ("0 km", 0.0),
        ("1 mile", 1.609344),
    ],
)
def test_a_distance_is_kept_in_kilometres(text, km):
    assert read(Kilometres, text) == km


@pytest.mark.parametrize(
    ("text", "kg"),
    [("0.4 kg", 0.4), ("400 g", 0.4), ("2 lb", 0.90718474), ("16 oz", 0.45359237)],
)
def test_a_weight_is_kept_in_kilograms(text, kg):
    assert read(Kilograms, text) == kg


def test_a_quantity_needs_a_unit():
    assert refusal(Kilometres, 300) == "a distance needs a unit, such as '300 km' or '186 mi'"
    assert refusal(Kilograms, 0.4).startswith("a weight needs a unit, such as '0.4 kg'")


@pytest.mark.parametrize("kind", [Kilometres, Kilograms])
@pytest.mark.parametrize(
    "value", ["300", "-3 km", "-3 kg", "3 m", "3 stone", "1e999 km", "1e999 kg", *NO_NUMBERS]
)
def test_a_wrong_quantity_is_refused(kind, value):
    refusal(kind, value)


@PATIENT
@given(st.floats(min_value=0, max_value=1e200))
@example(0.00031041311374564604)
def test_a_quantity_reads_what_it_writes(size):
    for kind, unit in ((Kilometres, "km"), (Kilograms, "kg")):
        kept = read(kind, f"{size!r} {unit}")
        assert kept == size
        assert read(kind, TypeAdapter(kind).dump_python(kept)) == kept


# Models


class Colour(Enum):
    RED = "red"


class Strict(Parameters):
    """One field of each kind of number, bare and within something."""

    count: PositiveInt = 1
    size: NonNegativeFloat = 1.0
    flag: bool = True
    counts: tuple[int, ...] = ()
    sizes: dict[str, float] = Field(default_factory=dict)
    perhaps: int | None = None
    colour: Colour = Colour.RED


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("count", True),
        ("count", "5"),
        ("count", 5.0),
        ("count", 1e5),
        ("size", True),
        ("size", "1"),
        ("size", float("nan")),
        ("size", float("inf")),
        ("flag", "yes"),
        ("flag", 1),
        ("counts", [1, "2"]),
        ("counts", [True]),
        ("sizes", {"a": "1"}),
        ("sizes", {"a": False}),
        ("perhaps", True),
        ("unknown", 1),
    ],
)
def test_numbers_are_strict(field, value):
    with pytest.raises(ValidationError):
        Strict(**{field: value})


def test_what_yaml_has_is_taken():
    kept = Strict.model_validate({"counts": [1, 2], "size": 1, "colour": "red", "perhaps": 3})
    assert (kept.counts, kept.size, kept.colour, kept.perhaps) == ((1, 2), 1.0, Colour.RED, 3)


def test_parameters_are_read_only():
    with pytest.raises(ValidationError):
        Strict().count = 2


class Seller(Parameters):
    """A seller."""

    kind: Literal["seller"] = "seller"
    handling: Duration = parameter("2 days", source="Olist, 2018", le=timedelta(days=7))
    """Time from order to hand-over."""


class Center(Parameters):
    """A fulfillment center."""

    kind: Literal["center"] = "center"
    damaged: Share = parameter("0.5%", assumed=("0.2%", "2%"))
    """Share of parcels damaged."""


class Toy(Parameters):
    """A toy scenario."""

    name: str
    """What it is called."""
    source: Annotated[Seller | Center, Field(discriminator="kind")] = Seller()
    others: tuple[Seller, ...] = ()
    factor: Factor | None = parameter(None, assumed=(1, 2))


def test_defaults_are_checked_and_bounds_apply():
    assert Seller().handling == timedelta(days=2)
    with pytest.raises(ValidationError):
        Seller(handling=timedelta(days=8))

    class Slip(Parameters):
        share: Share = parameter("500%", source="a slip")

    with pytest.raises(ValidationError):
        Slip()


def test_a_figure_has_a_source_or_a_range():
    for origin in ({}, {"source": "somebody", "assumed": (1, 2)}):
        with pytest.raises(ValueError, match="either a source or an assumed range"):
            parameter(1, **origin)


def test_provenance_walks_the_models_within():
    assert list(provenance(Toy)) == [
        Provenance("name", "What it is called.", ..., None, None),
        Provenance("source[seller].kind", "", "seller", None, None),
        Provenance(
            "source[seller].handling",
            "Time from order to hand-over.",
            "2 days",
            "Olist, 2018",
            None,
        ),
        Provenance("source[center].kind", "", "center", None, None),
        Provenance(
            "source[center].damaged", "Share of parcels damaged.", "0.5%", None, ("0.2%", "2%")
        ),
        Provenance("others[].kind", "", "seller", None, None),
        Provenance(
            "others[].handling", "Time from order to hand-over.", "2 days", "Olist, 2018", None
        ),
        Provenance("factor", "", None, None, (1, 2)),
    ]


class Branch(Parameters):
    """A model within itself."""

    size: int = 1
    branches: tuple[Branch, ...] = ()


def test_provenance_of_a_model_within_itself_ends():
    assert [row.path for row in provenance(Branch)] == ["size"]
