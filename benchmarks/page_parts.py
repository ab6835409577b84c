"""What the sections of the page about speed are made of: tables, counts, and the machine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

Lines = list[str]
Result = Mapping[str, Any]

UNKNOWN = "–"


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> Lines:
    """Return a table whose columns but the first hold numbers."""
    return [
        f"| {' | '.join(head)} |",
        "|---|" + "---:|" * (len(head) - 1),
        *(f"| {' | '.join(row)} |" for row in rows),
    ]


def seconds(row: Result, form: str = ".2f") -> Lines:
    """Return processor seconds and seconds on the wall, each as a cell."""
    names = ("processor_seconds", "wall_seconds")
    return [format(row[name], form) if name in row else UNKNOWN for name in names]


def done(counts: Result) -> str:
    """Return what a run did, in a few words."""
    share = counts["ended"] / counts["parcels"]
    return (
        f"{counts['parcels']:,} parcels, {counts['legs']:,} legs"
        f" ({counts['legs'] / counts['parcels']:.2f} a parcel), {counts['departures']:,}"
        f" departures, {counts['events']:,} events that SimPy handled; {share:.1%} of the parcels"
        " ended"
    )


def times(count: int) -> str:
    """Return how often something was run, in words."""
    return {1: "once", 2: "twice"}.get(count, f"{count} times")


def machine_line(about: Result) -> str:
    """Return what a result was measured on."""
    return (
        f"Measured on {about['date']}: {about['cores']} cores ({about['processor']},"
        f" {about['system']}), Python {about['python']}, NumPy {about['numpy']}, Numba"
        f" {about['numba']}, SimPy {about['simpy']}. Other programs kept"
        f" {about['others']:.1f} cores busy in the minute before."
    )
