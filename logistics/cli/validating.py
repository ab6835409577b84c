"""`logistics validate`: what a file or folder is, by what it holds, and what is wrong with it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Annotated

import typer

from logistics.cli.ending import REFUSED, fail
from logistics.cli.networks import print_network
from logistics.cli.options import SCENARIOS, argument

_SHOWN = 20
_Checked = Annotated[
    str, argument("PATH", "A file or folder of any kind, or a built-in name.", SCENARIOS)
]


def validate(path: _Checked) -> None:
    """Check a file or folder of any kind: print every fault.

    It is read as what it holds: a network, a scenario, a what-if, a study, a map of an export,
    orders, or results. Stricter than a run: a network that cannot carry a week of the orders for
    which it is built is refused. What is overloaded on the busiest day only is listed: parcels wait
    there.

    Examples:
    logistics validate mine.xlsx
    logistics validate study.yaml
    logistics validate orders.csv
    """
    kind = _kind_of(path)
    typer.echo(f"{path}: read as {kind}.")
    for line in _CHECKS[kind](path):
        typer.echo(line)
    typer.echo("No faults.")


def _network(path: str) -> Iterator[str]:
    from logistics.model.prepare import prepare  # noqa: PLC0415
    from logistics.scenario.load import load_scenario  # noqa: PLC0415
    from networks.workload.loads import loads, overloads  # noqa: PLC0415

    chosen = load_scenario(path)
    network = prepare(chosen).full_size
    demand = chosen.orders
    expected = loads(network, demand.shape(), demand.market_ids(), demand.hours)
    if too_much := overloads(expected, lasting=True):
        fail("\n".join(f"{path}: {line}" for line in too_much), REFUSED)
    print_network(chosen, network)
    busiest = overloads(expected)
    more = [f"{len(busiest) - _SHOWN} more places"] if len(busiest) > _SHOWN else []
    for line in [*busiest[:_SHOWN], *more]:
        yield f"Waits on the busiest day: {line}"


def _what_if(path: str) -> Iterator[str]:
    from logistics.scenario.load import builtin_scenarios, load_scenario  # noqa: PLC0415
    from logistics.scenario.what_ifs import apply, load_what_if  # noqa: PLC0415

    what_if = load_what_if(path)
    yield f"{what_if.name}: {what_if.title}"
    for scenario in map(load_scenario, builtin_scenarios()):
        changes = "changes" if apply(scenario, what_if) is not scenario else "changes nothing in"
        yield f"  {changes} {scenario.name}"


def _study(path: str) -> Iterator[str]:
    from logistics.studies.points import study_with_points  # noqa: PLC0415

    study, points = study_with_points(path)
    yield f"{study.name}: {', '.join(study.bases)}"
    yield f"  points: {len(points):,}; metrics: {', '.join(study.responses)}"


def _order_map(path: str) -> Iterator[str]:
    from logistics.orders.order_maps import load_order_map  # noqa: PLC0415

    columns = load_order_map(path).columns.model_dump(exclude_defaults=True)
    yield f"  columns for {', '.join(columns)}"


def _orders(path: str) -> Iterator[str]:
    from logistics.orders.exports import read_export  # noqa: PLC0415
    from logistics.orders.order_rows import counted, span_text  # noqa: PLC0415
    from logistics.scenario.load import builtin_scenarios, load_scenario  # noqa: PLC0415
    from networks.inputs.faults import refuse  # noqa: PLC0415

    rows = read_export(Path(path), load_scenario(builtin_scenarios()[0]).orders.products).rows
    refuse(rows.faults)
    if len(rows):
        first, last, _ = rows.span()
        yield f"  {counted(len(rows), 'parcel')} {span_text(first, last)}"
    yield f"  logistics orders read {path}  shows how its columns are read"


def _results(path: str) -> Iterator[str]:
    from logistics.report.saved_results import saved_results  # noqa: PLC0415

    found = saved_results(Path(path))
    yield f"  {', '.join(found.comparison.names)}; repeated by  {found.command}"


def _study_folder(path: str) -> Iterator[str]:
    from logistics.cli.showing import progress_text  # noqa: PLC0415
    from logistics.jobs import study_status  # noqa: PLC0415

    found = study_status(Path(path))
    yield f"  {progress_text(found.progress)}"
    if found.damaged:
        fail("\n".join(f"{path}: {name} is damaged" for name in found.damaged), REFUSED)


_NETWORK, _SCENARIO, _ORDERS = "a network", "a scenario", "a file of orders"
_MAP, _STUDY, _WHAT_IF = "a map of an export", "a study", "a what-if"
_RESULTS, _STUDY_FOLDER = "a results folder", "the folder of a study"
_CHECKS: dict[str, Callable[[str], Iterator[str]]] = {
    _NETWORK: _network, _SCENARIO: _network, _WHAT_IF: _what_if, _STUDY: _study,
    _MAP: _order_map, _ORDERS: _orders, _RESULTS: _results, _STUDY_FOLDER: _study_folder,
}  # fmt: skip


def _kind_of(given: str) -> str:
    """Return what a path holds; a name is a scenario's.

    Raises InputError for a file or folder of no kind.
    """
    from logistics.scenario.load import find_scenario  # noqa: PLC0415
    from logistics.scenario.what_ifs import builtin_what_ifs  # noqa: PLC0415
    from networks.files import is_network  # noqa: PLC0415

    path = Path(given)
    if not path.exists():
        if given in builtin_what_ifs():
            return _WHAT_IF
        find_scenario(given)
        return _SCENARIO
    if path.is_dir():
        is_folder_of = {
            _NETWORK: is_network(path),
            _STUDY_FOLDER: (path / "manifest.json").exists(),  # which has a summary, too
            _RESULTS: (path / "results.json.zst").exists() or (path / "summary.json").exists(),
        }
        found = next((kind for kind, is_it in is_folder_of.items() if is_it), "")
    elif path.suffix.lower() in {".yaml", ".yml"}:
        found = _kind_of_yaml(path)
    elif path.suffix.lower() == ".xlsx":
        found = _kind_of_workbook(path)
    else:
        found = _ORDERS
    if not found:
        from networks.inputs.faults import whole_file  # noqa: PLC0415

        raise whole_file(given, "holds nothing that can be checked", ", ".join(_CHECKS))
    return found


def _kind_of_yaml(path: Path) -> str:
    """Return the kind with most of a file's fields; '' where it has none of any."""
    from logistics.orders.order_maps import OrderMap  # noqa: PLC0415
    from logistics.scenario.scenario import Scenario  # noqa: PLC0415
    from logistics.scenario.what_ifs import WhatIf  # noqa: PLC0415
    from logistics.studies.study import Study  # noqa: PLC0415
    from networks.inputs.models import Parameters  # noqa: PLC0415
    from networks.inputs.yaml_reader import text_of_file  # noqa: PLC0415

    fields = set(re.findall(r"^[\"']?(\w+)[\"']?[ \t]*:", text_of_file(path), re.M))
    kinds: dict[str, type[Parameters]] = {
        _SCENARIO: Scenario, _WHAT_IF: WhatIf, _STUDY: Study, _MAP: OrderMap,
    }  # fmt: skip
    known = {kind: len(fields & model.model_fields.keys()) for kind, model in kinds.items()}
    best = max(known, key=lambda kind: known[kind])
    return best if known[best] else ""


def _kind_of_workbook(path: Path) -> str:
    from networks.inputs.workbooks import opened_workbook  # noqa: PLC0415
    from networks.sheets import SHEET  # noqa: PLC0415

    with opened_workbook(path) as sheets:
        names = {sheet.title.strip().lower() for sheet in sheets}
    return _NETWORK if names & SHEET.keys() else _ORDERS
