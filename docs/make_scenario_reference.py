"""Writes `docs/reference/scenario.md` from the models of the scenario.

python -m docs.make_scenario_reference
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import timedelta
from importlib import resources
from inspect import cleandoc
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, TypeAdapter, ValidationError
from pydantic.fields import FieldInfo

from logistics.scenario.load import builtin_scenarios
from logistics.scenario.scenario import Scenario
from networks.builders.carrier import Carrier
from networks.inputs.models import kind_of, models_within
from networks.inputs.provenance import Provenance, provenance
from networks.inputs.units import duration_text

PAGE = Path(__file__).parent / "reference" / "scenario.md"

HEAD = """\
# The scenario file, field by field

Made from the program itself by `python -m docs.make_scenario_reference`; do not edit.

A scenario is a YAML file. `logistics scenarios show NAME` prints a whole one, with every field and
where its value comes from. A file of your own needs only `name`, `as_of`, `network.kind`,
`promise.rule` (and `promise.days` for business days), and whatever you want to change: everything
else takes the defaults below. How to start: [your own scenario](../guides/your-own-scenario.md).

- A quantity with a unit is written with its unit: `2h30m`, `300 km`, `0.4 kg`. A bare number is
  refused.
- A local time is text such as `"14:00"`; keep the quotes.
- A share is a number from 0 to 1, or a percentage such as `5%`.
- Unknown names are refused, so a typo is never silently ignored.

The last column says where a default comes from: a public **source**, or **assumed** with a
plausible range. A field without either is the author's choice.
"""

RULES = """\
## Rules between fields

- `orders.orders_per_day` must be at least a thousandth of every design volume of the network, and
  orders per day times all days must stay within what a run can number.
- The shares of `orders.products` must add up to 1, and no two products share a name.
- `days.tick` must be whole milliseconds that divide a minute. Work must last at least ten ticks.
- The most fragile product in the worst packaging must have a probability of damage below 1 at every
  handling.
- `largest_station` must not ask for more than 5,000 stations.
- A closure ends after its start; both are local times in whole minutes, without a time zone. One
  that lies outside the days of the run is refused, because it would have no effect.
- `promise.rule: timetable` cannot be used where sellers ship (`network.kind: seller-direct`, or a
  network of your own with sellers): their pace is in no timetable.
- `orders.dates` has each date once. Sellers' `cutoffs` are after they open.
"""

MEANINGS = {
    "name": "Its name in tables and file names: letters, digits, blanks, `. _ -`.",
    "title": "The same in a few words, for headings.",
    "network[fulfillment-center].kind": "Which of the three networks is built.",
    "network[fulfillment-center].fulfillment_centers": "Buildings that hold stock.",
    "network[fulfillment-center].sort_centers": "Buildings that sort by delivery station.",
    "network[fulfillment-center].breadth.fast": "Share of the centers that hold a fast mover.",
    "network[fulfillment-center].breadth.medium": "The same for a medium mover.",
    "network[fulfillment-center].breadth.slow": "The same for a slow mover.",
    "network[fulfillment-center].hub_times": (
        "When linehauls and flights leave a consolidation hub, the most important first."
    ),
    "network[fulfillment-center].doors_close": "Loading ends this long before a departure.",
    "network[fulfillment-center].sort_work": "Work on a parcel at a sort center or a hub.",
    "network[fulfillment-center].sort_dwell": "From sorted to ready for a truck.",
    "network[fulfillment-center].station_times": (
        "When trucks leave a sort center for a station, the most important first."
    ),
    "network[fulfillment-center].station_work": "Work on a parcel at a delivery station.",
    "network[fulfillment-center].wave": "When couriers leave.",
    "network[fulfillment-center].round": "How long a courier is out.",
    "network[platform-fulfilled].kind": "Which of the three networks is built.",
    "network[platform-fulfilled].warehouses": "Buildings that hold stock.",
    "network[platform-fulfilled].breadth.fast": "Share of the warehouses that hold a fast mover.",
    "network[platform-fulfilled].breadth.medium": "The same for a medium mover.",
    "network[platform-fulfilled].breadth.slow": "The same for a slow mover.",
    "network[platform-fulfilled].working_days": "When warehouses work and ship.",
    "network[platform-fulfilled].opens": "When warehouses begin.",
    "network[platform-fulfilled].closes": "When warehouses end: over four hours after `opens`.",
    "network[platform-fulfilled].pick_and_pack": "Work on a parcel by one worker (mean).",
    "network[platform-fulfilled].pick_variation": "Coefficient of variation of that work.",
    "network[platform-fulfilled].trailer": "Parcels in a trailer.",
    "network[seller-direct].kind": "Which of the three networks is built.",
    "network[seller-direct].sellers.count": "How many sellers there are.",
    "network[seller-direct].sellers.smallest_capacity": (
        "Orders that even the smallest seller can pack on a working day."
    ),
    "network[seller-direct].sellers.opens": "When sellers begin to work; whole hours.",
    "network[seller-direct].sellers.cutoffs": (
        "Order cutoffs, equally common; whole hours. A later order is released on the next working"
        " day."
    ),
    "network[seller-direct].sellers.handling_log_sd": (
        "Standard deviation of the logarithm of the handling time, over sellers and orders."
    ),
    "network[seller-direct].sellers.between_sellers": (
        "Part of that variance that lies between sellers; the rest lies between a seller's orders."
    ),
    "network[seller-direct].sellers.packaging.excellent": "Share of the sellers with this grade.",
    "network[seller-direct].sellers.packaging.good": "Share of the sellers with this grade.",
    "network[seller-direct].sellers.packaging.fair": (
        "Share of the sellers with this grade; the rest packs poorly."
    ),
    "network[seller-direct].sellers.holidays": (
        "Holidays on which sellers do not pack. Over 90% of employers keep the six of `business`;"
        " 12% Columbus Day, 15% Veterans Day (BLR, survey of some 2,000 in 2010)."
    ),
    "network[own].kind": "A network of your own, from files.",
    "carrier.hubs": "Buildings that sort between stations.",
    "carrier.pickup_days": "When drivers pick up at sellers, and trailers leave stations for hubs.",
    "carrier.linehaul_days": "When trailers leave hubs.",
    "carrier.delivery_days": "When couriers go out.",
    "carrier.holidays": ("The list of days off of pickups, trailers and couriers."),
    "carrier.doors_close": "Loading ends this long before a departure.",
    "carrier.station_work": "Work on a parcel at a station.",
    "carrier.station_dwell": "From sorted to ready for a trailer or a courier.",
    "carrier.hub_work": "Work on a parcel at a hub.",
    "carrier.hub_dwell": "On the belts of a hub.",
    "carrier.round": "How long a courier is out.",
    "orders.products": "Products that are ordered; the shares add up to 1.",
    "orders.dates[].date": "The date, local to each customer.",
    "orders.products[].name": "Its name in tables and files of orders.",
    "orders.products[].weight": "Weight of one unit. Nothing depends on it yet.",
    "promise[business days].rule": "How the promised date is found.",
    "promise[business days].days": "How many business days after the order's date.",
    "promise[business days].weekdays": "Which weekdays count as business days.",
    "promise[business days].holidays": "Which holidays do not count.",
    "promise[timetable].rule": "How the promised date is found.",
    "promise[timetable].buffer": "Slack: how much earlier an order must make it.",
    "risks.touches.conveyor": "Handling by a conveyor.",
    "risks.touches.hub_sorter": "Handling by a carrier hub's sorter.",
    "risks.touches.manual_load": "Manual handling: loading, unloading.",
    "risks.touches.door_step": "Being set down at the door.",
    "risks.packaging.excellent": "Multiplier of every probability of damage.",
    "risks.packaging.good": "The reference.",
    "risks.packaging.fair": "Multiplier of every probability of damage.",
    "risks.packaging.poor": "Multiplier of every probability of damage.",
    "days.warm_up_days": "Days before the measured ones, so that the network is not empty then.",
    "closures[].end": "Local time there, after `start`.",
    "runs.replications": "How many times to run, each time with new orders and random draws.",
    "runs.seed": "Random seed.",
}
"""Of fields that the models do not describe."""

KINDS = {
    "0.05": "share",
    "14:00": "local time",
    "Mon-Fri": "weekdays",
    "Z021": "market or state",
    "300 km": "distance",
    "0.4 kg": "weight",
}

_SECTIONS = (
    ("", "At the top"),
    ("network[fulfillment-center]", "network, kind: fulfillment-center"),
    ("network[platform-fulfilled]", "network, kind: platform-fulfilled"),
    ("network[seller-direct]", "network, kind: seller-direct"),
    ("network[own]", "network, kind: own"),
    ("carrier", "network.carrier, of seller-direct and platform-fulfilled"),
    ("orders", "orders"),
    ("promise[business days]", "promise, rule: business days"),
    ("promise[timetable]", "promise, rule: timetable"),
    ("risks", "risks"),
    ("days", "days"),
    ("closures[]", "closures, one entry each"),
    ("runs", "runs"),
)


def main() -> None:
    """Write the page."""
    PAGE.parent.mkdir(parents=True, exist_ok=True)
    PAGE.write_text(page(), encoding="utf-8")


def page() -> str:
    """Return the text of the page."""
    rows = _by_section()
    parts = [HEAD]
    for section, title in _SECTIONS:
        about = _summary(_model_at(Scenario, section))
        table = [_row(one, section) for one in rows[section]]
        head = "| field | default | what it takes | meaning | where the default comes from |"
        parts.append(
            "\n".join([f"## {title}\n", f"{about}\n", head, "|---|---|---|---|---|", *table, ""])
        )
    parts += [RULES, _builtin()]
    return "\n".join(parts)


def _by_section() -> Mapping[str, Sequence[Provenance]]:
    """Return every field of the scenario once, by the section it is told in."""
    rows: dict[str, list[Provenance]] = {section: [] for section, _ in _SECTIONS}
    told: set[str] = set()
    longest_first = sorted(rows, key=len, reverse=True)
    for one in provenance(Scenario):
        path = re.sub(r"^network\[[^]]*\]\.carrier\.", "carrier.", one.path)
        if path not in told:
            told.add(path)
            section = next(s for s in longest_first if not s or path.startswith(f"{s}."))
            rows[section].append(one._replace(path=path))
    return rows


def _row(one: Provenance, section: str) -> str:
    name = one.path.removeprefix(f"{section}.") if section else one.path
    origin = ""
    if one.source:
        origin = f"source: {one.source}"
    elif one.assumed:
        origin = f"assumed: {_text(one.assumed[0])} to {_text(one.assumed[1])}"
    default = "required" if one.default is ... else f"`{_text(one.default)}`"
    if len(default) > 90:
        default = "see the end of this page"
    meaning = one.description or MEANINGS.get(one.path, "")
    cells = (f"`{name}`", default, _takes(_field_at(one.path)), meaning, origin)
    return "| " + " | ".join(" ".join(cell.split()).replace("|", "\\|") for cell in cells) + " |"


def _text(value: Any) -> str:
    """Return a default or the end of a range as it is written in a file."""
    if isinstance(value, timedelta):
        return duration_text(value)
    if value is None:
        return "null"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return f"[{', '.join(_text(part) for part in value)}]"
    if isinstance(value, str) and (not value or re.fullmatch(r"\d\d:\d\d", value)):
        return f'"{value}"'
    return str(value)


def _model_at(model: type[BaseModel], path: str) -> type[BaseModel]:
    """Return the model that a path such as `promise[timetable]` names."""
    if path == "carrier":
        return Carrier
    for part in filter(None, path.split(".")):
        name, _, kind = part.partition("[")
        inner = [held for held, _ in models_within(model.model_fields[name].annotation)]
        wanted = kind.rstrip("]")
        model = next(held for held in inner if not wanted or kind_of(held) == wanted)
    return model


def _field_at(path: str) -> FieldInfo:
    owner, _, name = path.rpartition(".")
    if owner.startswith("carrier"):
        return _model_at(Carrier, owner.removeprefix("carrier").removeprefix(".")).model_fields[
            name
        ]
    return _model_at(Scenario, owner).model_fields[name]


def _summary(model: type[BaseModel]) -> str:
    return cleandoc(model.__doc__ or "").split("\n\n")[0]


def _takes(field: FieldInfo) -> str:
    """Say what a field takes: its kind, an example, its bounds."""
    annotation: Any = (
        Annotated[(field.annotation, *field.metadata)] if field.metadata else field.annotation
    )
    schema = TypeAdapter(annotation).json_schema()
    or_null = ", or null" if "anyOf" in schema else ""
    schema |= schema.pop("anyOf", [{}])[0]
    bounded = any(hasattr(part, bound) for part in field.metadata for bound in ("gt", "ge"))
    if schema.get("format") == "duration" and not bounded and not _accepts(annotation, "0 s"):
        schema["exclusiveMinimum"] = 0
    # a type that writes its own schema hides the bounds of the field
    names = {"gt": "exclusiveMinimum", "ge": "minimum", "lt": "exclusiveMaximum", "le": "maximum"}
    for part in field.metadata:
        for bound, key in names.items():
            if hasattr(part, bound):
                schema.pop("exclusiveMinimum" if bound == "ge" else "", None)
                schema[key] = getattr(part, bound)
    return _words(schema) + or_null


def _accepts(annotation: Any, value: object) -> bool:
    try:
        TypeAdapter(annotation).validate_python(value)
    except ValidationError:
        return False
    return True


def _words(schema: Mapping[str, Any]) -> str:
    if "const" in schema:
        return f"`{schema['const']}`"
    if "enum" in schema:
        return ", ".join(f"`{choice}`" for choice in schema["enum"])
    if "$ref" in schema:
        return "entries, as below"
    if schema.get("type") == "array":
        return f"list of {_count(schema)}{_words(schema['items'])}".strip()
    return f"{_kind(schema)}{_example(schema)}{_range(schema)}"


def _kind(schema: Mapping[str, Any]) -> str:
    example = str(schema.get("examples", [""])[0])
    if example in KINDS:
        return KINDS[example]
    if schema.get("format"):
        return {"date-time": "local date and time"}.get(schema["format"], schema["format"])
    kinds = {"integer": "whole number", "number": "number", "boolean": "true or false"}
    return kinds.get(schema.get("type", ""), "text")


def _example(schema: Mapping[str, Any]) -> str:
    found = [_text(example) for example in schema.get("examples", [])]
    return f" such as {' or '.join(f'`{example}`' for example in found)}" if found else ""


def _count(schema: Mapping[str, Any]) -> str:
    least, most = schema.get("minItems", 0), schema.get("maxItems")
    if least == most:
        return f"{least} "
    return f"{least} to {most} " if most else f"{least} or more " if least else ""


def _range(schema: Mapping[str, Any]) -> str:
    least, above = schema.get("minimum"), schema.get("exclusiveMinimum")
    most, below = schema.get("maximum"), schema.get("exclusiveMaximum")
    unit = {"distance": " km", "weight": " kg"}.get(_kind(schema), "")
    words: list[str] = []

    def limit(value: Any) -> str:
        bare = isinstance(value, str) or value == 0
        return str(value) if bare and not isinstance(value, timedelta) else _text(value) + unit

    if above is not None:
        words.append(f"above {limit(above)}")
    elif least is not None:
        span = f"{limit(least)} to {limit(most)}"
        words.append(span if most is not None else f"at least {limit(least)}")
    if most is not None and (above is not None or least is None):
        words.append(f"at most {limit(most)}")
    if below is not None:
        words = [*([] if least == 0 else words), f"below {limit(below)}"]
    if "maxLength" in schema:
        words.append(f"up to {schema['maxLength']} characters")
    return f", {', '.join(words)}" if words else ""


def _builtin() -> str:
    parts = [
        "## The built-in scenarios\n",
        "What each one sets, in full; everything else is the default above.\n",
    ]
    for name in builtin_scenarios():
        text = (resources.files("logistics") / "scenarios" / f"{name}.yaml").read_text("utf-8")
        parts.append(f"```yaml\n{text.rstrip()}\n```\n")
    return "\n".join([*parts, _default_orders()])


def _default_orders() -> str:
    orders = Scenario.model_fields["orders"].get_default()
    parts = ["## The default orders\n", "Orders by hour of the local day, from midnight:\n"]
    parts.append(f"`{_text(orders.hours)}`\n")
    parts.append("Products:\n\n| name | share | weight | price | fragility | movement |")
    parts.append("|---|---:|---:|---:|---:|---|")
    for one in orders.products:
        written = one.model_dump()
        cells = (
            one.name, f"{one.share:.0%}", written["weight"], f"${one.price:g}",
            f"{one.fragility:g}", one.movement,
        )  # fmt: skip
        parts.append(f"| {' | '.join(cells)} |")
    return "\n".join(parts) + "\n"


if __name__ == "__main__":
    main()
