"""What a file or folder is read as, by what it holds."""

from pathlib import Path

import pytest
from click.testing import Result
from small_scenarios import sellers
from typer.testing import CliRunner

from logistics.cli import app
from logistics.scenario.what_ifs import what_if_text
from networks.files import EXAMPLES
from networks.inputs.yaml_writer import write_yaml

FILES = {
    "scenario.yaml": write_yaml(sellers()),
    "broken.yaml": "network: {kind: nowhere}\npromise: 1\n",
    "what-if.yaml": what_if_text("hub-closed"),
    "study.yaml": "base: small-seller\nreplications: 2\n",
    "broken-study.yaml": "base: amazon\nreplications: many\nresponses: [within_3_days]\n",
    "map.yaml": "columns: {order_id: [Id], ordered_at: [When], market: [Zip]}\nparcels: order\n",
    "orders.csv": "order_id,ordered_at,market,product\n1,2023-09-18 10:00,98101,toy\n",
    "neither.yaml": "colour: red\n",
}


def validated(path: object, code: int) -> str:
    result: Result = CliRunner().invoke(app, ["validate", str(path)])
    assert result.exit_code == code, result.output
    return result.output


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        (tmp_path / name).write_text(text)
    (tmp_path / "empty").mkdir()
    return tmp_path


@pytest.mark.parametrize(
    ("name", "kind", "code", "text"),
    [
        ("scenario.yaml", "a scenario", 0, "built for"),
        ("broken.yaml", "a scenario", 2, "network.kind = 'nowhere'"),
        ("what-if.yaml", "a what-if", 0, "  changes amazon-fulfillment\n"),
        ("study.yaml", "a study", 0, "  points: 1; metrics: delivery_days.mean, "),
        ("broken-study.yaml", "a study", 2, "replications = 'many': must be a whole number"),
        ("map.yaml", "a map of an export", 0, "  columns for order_id, ordered_at, market"),
        ("orders.csv", "a file of orders", 0, "  1 parcel on 2023-09-18\n"),
    ],
)
def test_a_file_is_read_as_what_it_holds(
    folder: Path, name: str, kind: str, code: int, text: str
) -> None:
    told = validated(folder / name, code)
    assert told.startswith(f"{folder / name}: read as {kind}.\n")
    assert text in told
    assert ("No faults." in told) == (code == 0)


def test_names_and_folders_are_read_too(folder: Path) -> None:
    small = EXAMPLES["small-seller"]
    assert f"{small}: read as a network.\n" in validated(small, 0)
    assert "small: read as a scenario.\nsmall-seller: " in validated("small", 0)
    assert "viral-products: read as a what-if.\n" in validated("viral-products", 0)


@pytest.mark.parametrize("name", ["neither.yaml", "empty"])
def test_what_is_of_no_kind_is_told_the_kinds(folder: Path, name: str) -> None:
    assert validated(folder / name, 2) == (
        f"{folder / name}: holds nothing that can be checked (allowed: a network, a scenario, a"
        " what-if, a study, a map of an export, a file of orders, a results folder, the folder of"
        " a study)\n"
    )


def test_the_folder_of_a_study_is_not_taken_for_results(folder: Path) -> None:
    days = "set: {days.days: 1, days.warm_up_days: 1, days.later_order_days: 5}\n"
    (folder / "few.yaml").write_text(f"base: {EXAMPLES['small-seller']}\nreplications: 2\n{days}")
    words = ["study", "run", folder / "few.yaml", "--workers", 1, "--no-report", "-o", folder / "s"]
    assert CliRunner().invoke(app, list(map(str, words))).exit_code == 0
    told = validated(folder / "s", 0)
    assert told.startswith(f"{folder / 's'}: read as the folder of a study.\n")
    assert "  2 of 2 runs\n" in told
