"""`report.html`: one page for a board, which asks nothing of the network it is read on."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from math import isfinite
from typing import TYPE_CHECKING

from logistics.analysis.comparison import Comparison, pair_name
from logistics.report.pictures.catalog import Chart, has_group
from logistics.report.pictures.drawing import FONT, with_own_ids
from logistics.report.tables.page_tables import (
    Row,
    Table,
    added_capacity_table,
    assumptions_table,
    bottlenecks_table,
    cases_table,
    causes_table,
    damage_table,
    dates_table,
    differences_table,
    markets_table,
    networks_table,
    waterfall_table,
    weekday_table,
)
from logistics.report.text.answer import answer, farthest_pair, gains, shown_pairs
from logistics.report.text.assumptions import Assumption
from logistics.report.text.caveats import built, doubts, warm_ups
from logistics.report.text.ranges import headlines, ranges_table
from logistics.report.text.wording import delivers, held_together, times_run, verdicts

if TYPE_CHECKING:
    from jinja2 import Environment

    from logistics.experiments.added_capacity import AddedCapacity

_SVG = re.compile(r"<svg\b([^>]*)>")
_VIEW = re.compile(r'\bviewBox="[^"]*"')
_WIDTH = re.compile(r'\bwidth="([0-9.]+)')

CHECKED = (
    "Every run was checked as it ended, and a fault would have stopped this report: each parcel is"
    " accounted for, no departure is over its capacity, first come is first served, nobody waits"
    " while a worker is free, and every hour parcels spent anywhere adds up."
)


@dataclass(frozen=True)
class Section:
    """A part of the page: what it says, its pictures, its tables."""

    name: str
    title: str
    words: Sequence[str] = ()
    plates: Sequence[Chart] = ()
    tables: Sequence[Table] = ()

    def groups(self) -> dict[str, list[Chart]]:
        """Return the pictures by the heading they stand under; '' for none."""
        grouped: dict[str, list[Chart]] = {}
        for plate in self.plates:
            grouped.setdefault(plate.group, []).append(plate)
        return grouped

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to show."""
        return not (self.words or self.plates or self.tables)


@dataclass(frozen=True)
class Background:
    """What the page says beside the figures.

    `assumptions`: of the scenarios. `command`: repeats the runs. `added_capacities`: what one more
    worker or departure would do, by network, where it was tried.
    """

    assumptions: Sequence[Assumption] = ()
    command: str = ""
    added_capacities: Mapping[str, Sequence[AddedCapacity]] = field(default_factory=dict)


@dataclass(frozen=True)
class Front:
    """The head of a page. `titles`: what each network is; `pairs`: further verdicts, in a list."""

    title: str
    lead: str
    answer: Sequence[str]
    doubts: Sequence[str] = ()
    titles: Mapping[str, str] = field(default_factory=dict)
    pairs: Sequence[str] = ()
    many: bool = False
    version: str = ""


def page(result: Comparison, plates: Sequence[Chart], background: Background) -> str:
    """Return the page as HTML."""
    front = Front(
        title=_title(result),
        lead=_lead(result),
        answer=[*headlines(result), *answer(result)],
        doubts=doubts(result) if "networks" in result.run else [],
        titles=_titles(result),
        pairs=_pairs(result),
        many=len(result.names) > 4,
        version=result.run.get("versions", {}).get("logistics", ""),
    )
    return rendered(front, _sections(result, plates, background))


def rendered(front: Front, sections: Sequence[Section]) -> str:
    """Return a page as HTML, without the sections that have nothing to show."""
    script = _text("report.js")
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    return (
        _environment()
        .get_template("report.html")
        .render(
            front=front,
            sections=[one for one in sections if not one.is_empty],
            style=_text("report.css"),
            script=script,
            script_hash=f"sha256-{digest}",
        )
    )


def inline(plate: Chart) -> str:
    """Return a picture's SVG for the page: ids of its own, a name, as wide as there is room."""
    svg = with_own_ids(plate.svg, f"{plate.name}:")
    svg = svg[svg.index("<svg") :]
    width, view = _WIDTH.search(svg), _VIEW.search(svg)
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" {view[0] if view else ""} class="picture"'
        f' font-family="{FONT}" style="max-width:{float(width[1]) if width else 800:.0f}px"'
        f' role="img" aria-labelledby="{plate.name}">'
    )
    return _SVG.sub(lambda _: head, svg, count=1)


def _title(result: Comparison) -> str:
    *most, last = result.names
    return f"The same orders through {', '.join(most)} and {last}" if most else last


def _lead(result: Comparison) -> str:
    run = result.run
    parts = []
    if "days" in run:
        parts.append(
            f"{run['days']} day{'s' * (run['days'] > 1)} of orders from {run['first_day']},"
            f" a sample of {run['orders_per_day']:,} orders a day."
        )
    return " ".join([*parts, times_run(result)])


def _titles(result: Comparison) -> dict[str, str]:
    """Return what each network is, in a few words, where its scenario says so."""
    networks = result.run.get("networks", {})
    titles = {name: networks.get(name, {}).get("title", "") for name in result.names}
    return {name: title for name, title in titles.items() if title}


def _pairs(result: Comparison) -> list[str]:
    """Return the verdicts of the pairs that the answer is not about."""
    if len(result.names) < 3:
        return []
    told = farthest_pair(result)
    said = zip(result.pairs(), verdicts(result), strict=True)
    return [verdict for (first, second, _), verdict in said if (first, second) != told]


def _sections(result: Comparison, plates: Sequence[Chart], background: Background) -> list[Section]:
    def of(section: str) -> list[Chart]:
        return [plate for plate in plates if plate.section == section]

    several, told = len(result.names) > 1, bool(result.group_totals)
    some = any(delivers(figures) for figures in result.figures.values())
    falls = [waterfall_table(result)] if result.waterfalls and some else []
    figures = [networks_table(result), *([differences_table(result)] if several else [])]
    return [
        Section("ranges", "Two intervals", plates=of("ranges"),
                tables=[ranges_table(result.ranges)] if result.ranges else []),
        Section("figures", "The figures", _how_sure(result), tables=figures),
        Section("distributions", "When the parcels arrive", plates=of("distributions")),
        Section("dates", "By order date", plates=of("dates"),
                tables=[dates_table(result)] if told else []),
        Section("causes", "Where the hours go",
                _undelivered(result, "no hours from order to door") if told else [],
                of("causes"), [causes_table(result)] if told and some else []),
        Section("waterfall", "Why one is slower than the other", _unequalled(result),
                of("waterfall"), falls),
        Section("weekdays", "By the weekday of the order", plates=of("weekdays"),
                tables=[weekday_table(result)] if told else []),
        Section("damage", "Damage", _undelivered(result, "no damage to tell"), of("damage"),
                [damage_table(result)] if result.damage and some else []),
        Section("maps", "Across the country", plates=of("maps"),
                tables=[markets_table(result)] if has_group(result, "market") else []),
        Section("bottlenecks", "Where parcels wait for capacity", plates=of("bottlenecks"),
                tables=[*([bottlenecks_table(result)] if result.places else []),
                        *map(added_capacity_table, filter(None, [background.added_capacities]))]),
        Section("shoppers", "Two shoppers", tables=[cases_table(result)]),
        _assumed(result, background),
        _made(result, background),
    ]  # fmt: skip


def _how_sure(result: Comparison) -> list[str]:
    """Say what verdicts on several pairs go by, and what the same orders gained."""
    together = held_together(result)
    return [*([together] if together else []), *gains(result)]


def _undelivered(result: Comparison, lacking: str) -> list[str]:
    """Say of which networks there is nothing to show, because they deliver nothing."""
    return [
        f"{name} delivers no parcel, so it has {lacking}."
        for name in result.names
        if not delivers(result.figures[name])
    ]


def _unequalled(result: Comparison) -> list[str]:
    """Say between which networks hours cannot be compared."""
    pairs = [pair for pair in shown_pairs(result) if pair_name(*pair) in result.waterfalls]
    return [
        f"{first} and {second}: no parcel was delivered in both, so there are no hours to compare."
        for first, second in pairs
        if not isfinite(result.waterfalls[pair_name(first, second)].first_hours.estimate)
    ]


def _assumed(result: Comparison, background: Background) -> Section:
    found = background.assumptions
    if not found:
        return Section("assumptions", "What went in")
    sourced = sum(one.sourced for one in found)
    changed = sum(one.changed for one in found)
    words = [
        f"{len(found)} figures went in: {sourced} have a public source, the others are assumed or"
        " chosen, most with the range that is plausible."
        + (f" {changed} differ from the defaults." if changed else "")
    ]
    table = assumptions_table(found, result.names)
    return Section("assumptions", "What went in", words, tables=[table])


def _made(result: Comparison, background: Background) -> Section:
    run = result.run
    known = {
        "seed": "Seed", "replications": "Times run", "engine": "Engine",
        "orders_per_day": "Orders a day (sample)", "days": "Measured days",
        "warm_up_days": "Days before them", "cool_down_days": "Days after them",
        "orders": "File of orders", "parcels": "Parcels simulated",
    }  # fmt: skip
    rows = [(name, _plain(run[key])) for key, name in known.items() if run.get(key) is not None]
    if "networks" in run:
        rows += [(f"Built for {name}", "; ".join(lines)) for name, lines in built(result).items()]
        rows += [
            (f"Not resolved at this sample: {name}", "; ".join(one["not_resolved"]) or "nothing")
            for name, one in run["networks"].items()
        ]
    rows += [(f"Warm-up of {name}", text) for name, text in warm_ups(result).items()]
    rows.append(("Checks passed", CHECKED))
    rows.append(("Seconds taken", "in summary.json: all else is the same whenever it is repeated"))
    versions = ", ".join(f"{name} {number}" for name, number in run.get("versions", {}).items())
    rows += [("Versions", versions)] if versions else []
    rows += [("To repeat it, in this folder", background.command)] if background.command else []
    facts = (Row(name, (value,)) for name, value in rows)
    table = Table("made", "How this page was made", ("", ""), tuple(facts), texts=True)
    return Section("made", "How it was made", tables=[table])


def _plain(value: object) -> str:
    if isinstance(value, float):
        return f"{value:,.1f}"
    return f"{value:,}" if isinstance(value, int) else str(value)


@cache
def _environment() -> Environment:
    from jinja2 import Environment, PackageLoader, StrictUndefined  # noqa: PLC0415
    from markupsafe import Markup  # noqa: PLC0415

    environment = Environment(
        loader=PackageLoader("logistics.report"), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    # the only texts that are not escaped: what was drawn here, and the page's own style and script
    environment.filters["drawn"] = lambda plate: Markup(inline(plate))
    environment.filters["own"] = Markup
    return environment


def _text(name: str) -> str:
    folder = resources.files("logistics.report") / "templates"
    return (folder / name).read_text(encoding="utf-8")
