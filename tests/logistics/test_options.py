"""Every option once: the command line, `compare` and the docs' table read the same table."""

from __future__ import annotations

import importlib.util
import inspect
import os
import subprocess
import sys
from pathlib import Path

import pytest
from small_scenarios import centers, one_seller
from typer.testing import CliRunner

import logistics
from logistics import InputError
from logistics.cli import app
from logistics.options import COMPARE, SIMULATE, Option, flag_of, options_of, overrides_of
from networks.inputs.yaml_writer import write_yaml

ROOT = Path(__file__).parents[2]
GENERATOR = ROOT / "docs" / "make_options_reference.py"

# What somebody outside the package writes: one entry of the table, and nothing else.
_ONE_MORE = f"""
import importlib.util, sys
from logistics.options import COMPARE, OPTIONS, Option
OPTIONS.append(Option(
    "tick", str, places=("compare", "run", COMPARE), field="days.tick", unset="10 ms",
    help="Length of a tick, such as '20 ms'.",
))
spec = importlib.util.spec_from_file_location("made", {str(GENERATOR)!r})
made = importlib.util.module_from_spec(spec)
spec.loader.exec_module(made)
print([row for row in made.table_of("compare").splitlines() if "--tick" in row])
print("tick: str | None = None" in made.signature_of("compare"))

import logistics
print("`tick`: Length of a tick" in logistics.compare.__doc__)
for tick in ("20 ms", "7 ms"):
    try:
        small = logistics.load_scenario(sys.argv[1])
        print(logistics.compare([small], workers=1, tick=tick).replications)
    except logistics.InputError as error:
        print(error)

from logistics.cli import main
sys.argv = ["logistics", "compare", "--help"]
main()
"""


def test_an_option_added_to_the_table_is_everywhere(tmp_path: Path) -> None:
    days = {"days": 1, "warm_up_days": 0, "later_order_days": 1}
    small = one_seller("small").replace(days=days, runs={"replications": 1})
    (tmp_path / "small.yaml").write_text(write_yaml(small))
    done = subprocess.run(
        [sys.executable, "-c", _ONE_MORE, tmp_path / "small.yaml"],
        capture_output=True, text=True, check=False, env={**os.environ, "COLUMNS": "150"},
    )  # fmt: skip
    assert done.stderr == ""
    table, signature, docstring, replications, refused, *help_lines = done.stdout.splitlines()
    assert table == "[\"| `--tick` | 10 ms | Length of a tick, such as '20 ms'. |\"]"
    assert (signature, docstring, replications) == ("True", "True", "1")
    assert refused.startswith("small: days.tick = '7 ms'")
    (line,) = [line for line in help_lines if "--tick" in line]
    assert line.split("  ")[-1] == "Length of a tick, such as '20 ms' [10 ms]"


def test_compare_has_all_options_of_the_command_that_write_nothing() -> None:
    writing = {"output", "overwrite", "keep_parcels", "report", "full", "json", "quiet"}
    command = {one.name for one in options_of("compare")}
    assert {one.name for one in options_of(COMPARE)} == command - writing
    assert set(inspect.signature(logistics.compare).parameters) == (command - writing) | {
        "scenarios", "progress", "executor"
    }  # fmt: skip


def test_simulate_has_the_options_that_replace_a_field() -> None:
    names = {one.name for one in options_of(SIMULATE)}
    assert names <= set(inspect.signature(logistics.simulate).parameters)
    assert all(one.field for one in options_of(SIMULATE))
    east = logistics.simulate(centers(), markets="NY, NJ")
    places = {market[:2] for market in east.parcels["market"].unique()}
    assert places <= {"Z0", "Z1"}


@pytest.mark.parametrize(
    ("call", "text"),
    [
        (lambda: logistics.compare([centers()], replication=2), "did you mean 'replications'?"),
        (lambda: logistics.simulate(centers(), day=2), "did you mean 'days'?"),
        (lambda: logistics.compare([centers()], colour="red"), "it has replications, seed"),
    ],
)
def test_an_unknown_name_is_refused_with_the_nearest(call, text: str) -> None:
    with pytest.raises(TypeError, match="has no argument") as caught:
        call()
    assert text in str(caught.value)


def test_an_option_is_named_once_a_place() -> None:
    places = {place for one in options_of(COMPARE) for place in one.places}
    for place in (*places, "trace", "study run", "study resume", "study status"):
        names = [one.name for one in options_of(place)]
        assert len(names) == len(set(names)) > 0


def test_option_values_become_fields() -> None:
    assert flag_of("days.warm_up_days") == "--warm-up-days"
    assert flag_of("promise.rule") == ""
    given = {"seed": 3, "days": None, "markets": "900, TX"}
    assert overrides_of(given) == {"runs.seed": 3, "orders.markets": ["900", "TX"]}
    with pytest.raises(KeyError):
        overrides_of({"workers": 2})


def test_the_pages_of_options_are_current() -> None:
    spec = importlib.util.spec_from_file_location("make_options_reference", GENERATOR)
    assert spec
    assert spec.loader
    maker = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(maker)
    for name, page in maker.pages().items():
        stored = (ROOT / "docs" / "reference" / name).read_text(encoding="utf-8")
        assert stored == page, "run  python -m docs.make_options_reference"


def test_orders_come_from_one_place(tmp_path: Path) -> None:
    for options, text in (
        ({"orders": "a.csv", "history": "b.csv"}, "--orders and --history cannot be combined"),
        ({"orders": "a.csv", "demand_index": "b.csv"}, "--demand-index is for generated orders"),
    ):
        with pytest.raises(InputError, match=text):
            logistics.compare([centers()], **options)


def test_a_flag_is_made_of_the_name() -> None:
    one = Option("keep_all", bool, "Keep all.", ("run",), default=True, has_no=True)
    assert (one.flag, one.off_flag) == ("--keep-all", "--no-keep-all")


def test_an_option_is_found_by_the_name_it_had_before() -> None:
    small = centers(days={"days": 1, "warm_up_days": 0, "later_order_days": 9})
    run = logistics.simulate(small, cool_down_days=1)
    assert run.scenario.days.later_order_days == 1
    with pytest.raises(TypeError, match="cool_down_days is the older name of later_order_days"):
        logistics.simulate(small, cool_down_days=1, later_order_days=2)


@pytest.mark.parametrize("words", [
    ["run", "small-seller", "--markets", ""], ["run", "small-seller", "--orders", ""],
    ["compare", "--what-if", ""], ["compare", "--output", " "],
    ["study", "run", "s.yaml", "--cluster", ""], ["trace", "--order", ""],
])  # fmt: skip
def test_an_option_that_an_unset_variable_leaves_empty_is_refused(words: list[str]) -> None:
    done = CliRunner().invoke(app, words)
    assert done.exit_code == 2
    assert "is empty" in done.output


def test_an_empty_text_or_list_is_refused_from_python_too() -> None:
    for empty in ("", []):
        with pytest.raises(InputError, match="--markets is empty"):
            logistics.compare([centers()], markets=empty)
