"""Where the columns of a map are in a file, or every heading that is not there."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from logistics.orders.order_maps import OrderMap
from networks.inputs.faults import Fault, InputError, did_you_mean, shown
from networks.inputs.headings import plain_name
from networks.inputs.yaml_reader import locate

NEEDED = ("order_id", "ordered_at", "market")
"""Columns without which a file holds no orders."""

_MOST_NAMED = 100


def columns_of(
    order_map: OrderMap, table_name: str, heading: Sequence[str], map_file: str | Path | None = None
) -> dict[str, int]:
    """Return which column of a file holds what: its number from 0, by role.

    `map_file`: where the map was read, so that faults name its lines. A format lists what its
    export may hold: of its columns, a file may lack those that are not needed.

    Raises InputError with all headings that the file does not have, or has twice.
    """
    numbers, found, faults = numbers_of(heading), dict[str, int](), list[Fault]()
    is_format = order_map.is_format
    for role, names in order_map.columns.given().items():
        places = next((numbers[key] for name in names if (key := key_of(name)) in numbers), [])
        if len(places) == 1:
            found[role] = places[0]
        elif places or role in NEEDED or not is_format:
            problem = f"{len(places)} columns of {table_name} are called that"
            if not places:
                meant = did_you_mean(names[0], filter(None, heading))
                problem = f"no such column in {table_name}{meant}"
            value = names[0] if len(names) == 1 else names
            faults.append(Fault.within(("columns", role), problem, "", value))
    if faults:
        placed = locate(faults, map_file).faults if map_file else faults
        raise InputError([*placed, columns_found(table_name, heading)])
    return found


def key_of(heading: str) -> str:
    """Return what makes two headings the same: letters and digits, or else the signs."""
    return plain_name(heading) or heading.strip()


def numbers_of(heading: Sequence[str]) -> dict[str, list[int]]:
    """Return the numbers of the columns under each heading."""
    numbers: dict[str, list[int]] = {}
    for number, name in enumerate(heading):
        if key := key_of(name):
            numbers.setdefault(key, []).append(number)
    return numbers


def columns_found(table_name: str, heading: Iterable[str], allowed: str = "") -> Fault:
    """Return the line below faults that says which columns a file has."""
    names = [shown(name).strip("'\"") for name in heading if name]
    more = f" and {len(names) - _MOST_NAMED} more" if len(names) > _MOST_NAMED else ""
    listed = f"its columns are {', '.join(names[:_MOST_NAMED])}{more}" if names else "no headings"
    return Fault(table_name, None, "", "", listed, allowed)
