"""`summary.json` and `summary.csv`: every metric of a comparison, for other programs.

`docs/reference/summary.md` describes both, field by field.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from math import inf, isfinite, nan
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np

from logistics.analysis.comparison import Comparison
from logistics.analysis.measures.network import Limits
from logistics.analysis.measures.registry import Response
from logistics.analysis.statistics.intervals import Estimate
from logistics.analysis.statistics.uncertainty import TwoIntervals
from logistics.report.text.caveats import sample_note
from networks.inputs.cells import spreadsheet_text

_OF_RANGE = ("middle", "low", "high", "part", "draws")


def summary(comparison: Comparison) -> dict[str, Any]:
    """Return the content of `summary.json`: estimates, how sure they are, and `run`.

    Estimates are nested by the dots in their names, each with `estimate`, `low` and `high`; what is
    not a finite number is None.
    """
    simultaneous = comparison.simultaneous.items()
    warm_up = comparison.warm_up.items()
    note = sample_note(comparison.run)
    return {
        "scenarios": {name: nested(comparison.estimates_of(name)) for name in comparison.names},
        "paired": {name: nested(found) for name, found in comparison.paired.items()},
        "simultaneous": {name: nested(found) for name, found in simultaneous},
        "unfinished": {name: _open(limits) for name, limits in comparison.unfinished.items()},
        "warm_up": {name: {**vars(one), "enough": one.enough} for name, one in warm_up},
        "ranges": plain_ranges(comparison.ranges),
        **({"effects": _effects(comparison)} if comparison.effects else {}),
        "run": _plain(comparison.run) | ({"not_whole_weeks": note} if note else {}),
    }


def write_summary(comparison: Comparison, folder: str | PathLike[str]) -> tuple[Path, Path]:
    """Write `summary.json` and `summary.csv` into a folder that exists; return both paths.

    Raises OSError if they cannot be written.
    """
    json_path, csv_path = Path(folder) / "summary.json", Path(folder) / "summary.csv"
    json_path.write_text(summary_text(summary(comparison)), encoding="utf-8")
    csv_path.write_text(csv_text(comparison), encoding="utf-8", newline="")
    return json_path, csv_path


def _effects(comparison: Comparison) -> dict[str, Any]:
    """Return by network what the what-if changes, and from which order date it is over."""
    return {
        name: {
            "without": nested(one.base),
            "change": nested(one.changes),
            "first_date": one.starts or None,
            "last_date": one.ends or None,
            "recovered": one.recovered.isoformat() if one.is_dated and one.recovered else None,
            "by_date": {
                key: [_number(value) for value in getattr(one.by_date, key).tolist()]
                for key in ("days", "base_days", "backlog", "base_backlog")
            },
        }
        for name, one in comparison.effects.items()
    }


def summary_text(content: Mapping[str, Any]) -> str:
    """Return the text of a `summary.json`: strict JSON, keys sorted."""
    text = json.dumps(content, indent=2, sort_keys=True, allow_nan=False, ensure_ascii=False)
    return text + "\n"


def csv_text(comparison: Comparison) -> str:
    """Return the text of a `summary.csv`."""
    table = comparison.table()
    texts = table[["scenario", "figure", "unit", "definition"]].map(spreadsheet_text)
    table = table.assign(**texts)
    return table.replace([inf, -inf], nan).to_csv(index=False, lineterminator="\n")


def plain_ranges(ranges: Mapping[Response, TwoIntervals]) -> dict[str, Any]:
    """Return the two intervals of metrics: by network or pair, then by metric."""
    plain: dict[str, Any] = {}
    for response, found in ranges.items():
        wide = {name: _plain(getattr(found.range, name)) for name in _OF_RANGE}
        plain.setdefault(response.who, {})[response.name] = {
            "wide": {**wide, "left_out": found.left_out},
            "narrow": plain_estimate(found.narrow),
            "drivers": {one.name: one.share for one in found.drivers.factors},
        }
    return plain


def nested(estimates: Mapping[str, Estimate]) -> dict[str, Any]:
    """Return estimates nested by the dots in their names.

    Raises ValueError if one name would have to be a metric and a group of metrics.

    >>> nested({"hours.work": Estimate(2.0, 1.5, float("inf"))})
    {'hours': {'work': {'estimate': 2.0, 'low': 1.5, 'high': None}}}
    """
    tree: dict[str, Any] = {}
    for name, estimate in estimates.items():
        *groups, leaf = name.split(".")
        branch = tree
        for group in groups:
            branch = branch.setdefault(group, {})
        if leaf in branch or "estimate" in branch:
            raise ValueError(f"{name}: is a metric and a group of metrics")
        branch[leaf] = plain_estimate(estimate)
    return tree


def plain_estimate(estimate: Estimate) -> dict[str, float | None]:
    """Return an estimate as JSON knows it: what is not a finite number is None."""
    return {field: _number(value) for field, value in vars(estimate).items()}


def _open(limits: Sequence[Limits]) -> dict[str, Any]:
    """Return how many parcels are under way, and by percentage where each quantile may end."""
    quantiles = {
        one.label.lower(): {end: _number(getattr(one, end).estimate) for end in ("low", "high")}
        for one in limits
    }
    return {"under_way": sum(one.under_way for one in limits[:1]), "delivery_days": quantiles}


def _number(value: float) -> float | None:
    return float(value) if isfinite(value) else None


def _plain(value: Any) -> Any:
    """Return a run fact as JSON knows it."""
    if isinstance(value, Mapping):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    if isinstance(value, np.generic):
        return _plain(value.item())
    if isinstance(value, float):
        return _number(value)
    return value if value is None or isinstance(value, str | int | bool) else str(value)
