"""Runs of an export: from the command line and from Python, with a seller's own small network."""

from __future__ import annotations

import json
import shlex
from pathlib import Path
from typing import Any

import pytest
import yaml
from small_scenarios import one_seller
from typer.testing import CliRunner, Result

import logistics
from logistics.cli import app
from networks.inputs.faults import InputError
from networks.inputs.yaml_writer import write_yaml

HEADING = "Name,Created at,Lineitem name,Shipping Zip,Shipping Country,Cancelled at\n"
SHOP = HEADING + "".join(
    f"#{1000 + n},2023-09-{17 + n // 10} {8 + n % 10:02}:30:00 -0400,{title},{place},US,\n"
    for n, (title, place) in enumerate([("Red toy ball", "'60601"), ("Mystery box", "'10001")] * 15)
) + (
    "#2000,2023-09-18 09:30:00 -0400,Red toy ball,'96813,US,\n"
    "#2001,2023-09-18 09:30:00 -0400,Red toy ball,'60601,US,2023-09-18 12:00:00 -0400\n"
)  # fmt: skip
"""Ten orders on each of three days, one more to Hawaii and one more canceled."""
LEFT_OUT = {"in Hawaii": 1, "canceled": 1}


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with an export, in which the commands run, and a scenario."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "160")
    (tmp_path / "shop.csv").write_text(SHOP)
    return tmp_path


def invoke(*words: object) -> Result:
    return CliRunner().invoke(app, list(map(str, words)))


def summary_of(folder: Path) -> dict[str, Any]:
    return dict(json.loads((folder / "summary.json").read_text()))


# --- what was understood --------------------------------------------------------------------------


def test_a_map_is_shown_written_and_never_overwritten(shop: Path) -> None:
    first = invoke("orders", "read", "shop.csv")
    assert first.exit_code == 0, first.output
    for text in ("format: shopify", "#1000", "10 parcels a day", "2 left out", "1 in Hawaii"):
        assert text in first.output, (text, first.output)
    written = yaml.safe_load((shop / "shop.csv.map.yaml").read_text())
    assert written["columns"]["market"] == "Shipping Zip"
    assert "Red toy ball" in written["products"]["toy"]["titles"]
    for options in ((), ("--map", "shopify")):
        again = invoke("orders", "read", "shop.csv", *options)
        assert (again.exit_code, again.stdout) == (2, "")
        assert "there is a map of this file already" in again.stderr
    with_map = invoke("orders", "read", "shop.csv", "--map", "shop.csv.map.yaml")
    assert with_map.exit_code == 0
    assert "Map written" not in with_map.output


def test_faults_come_after_the_screen(shop: Path) -> None:
    (shop / "shop.csv").write_text(SHOP + "#3000,soon,Red toy ball,'60601,US,\n")
    found = invoke("orders", "read", "shop.csv")
    assert found.exit_code == 2
    assert "Shipping Zip" in found.stdout
    assert "Created at = soon: is not a date and time" in found.stderr
    assert (shop / "shop.csv.map.yaml").exists()
    strict = invoke("orders", "read", "shop.csv", "--map", "shop.csv.map.yaml", "--strict")
    assert "is in Hawaii" in strict.stderr
    assert "Cancelled at = 2023-09-18 12:00:00 -0400: is canceled" in strict.stderr


def test_packages_that_nothing_names_are_refused_and_not_written_into_a_map(shop: Path) -> None:
    found = invoke("orders", "read", "shop.csv", "--parcels", "package")
    assert found.exit_code == 2
    assert "needs columns.parcel_id, which names the package" in found.stderr
    assert not (shop / "shop.csv.map.yaml").exists()
    assert "32 parcels" not in invoke("orders", "read", "shop.csv", "--parcels", "line").output
    assert "parcels: line" in (shop / "shop.csv.map.yaml").read_text()


def test_maps_that_do_not_fit_are_refused_with_all_their_faults(shop: Path) -> None:
    unknown = invoke("orders", "read", "shop.csv", "--map", "shopfy")
    assert unknown.exit_code == 2
    assert "did you mean 'shopify'?" in unknown.stderr
    (shop / "mine.yaml").write_text(
        "columns:\n  order_id: Name\n  ordered_at: Createdat\n  market: Zip\n"
    )
    columns = invoke("orders", "read", "shop.csv", "--map", "mine.yaml")
    assert columns.exit_code == 2
    assert "mine.yaml:4: columns.market = 'Zip': no such column in shop.csv" in columns.stderr
    (shop / "mine.yaml").write_text(
        "columns:\n  order_id: Name\n  ordered_at: Created at\n  market: Shipping Zip\n"
        "products:\n  toys: {words: [toy]}\n  glasware: {words: [vase]}\n"
    )
    goods = invoke("orders", "read", "shop.csv", "--map", "mine.yaml")
    assert goods.exit_code == 2
    assert "did you mean 'toy'?" in goods.stderr
    assert "did you mean 'glassware'?" in goods.stderr


@pytest.mark.parametrize(("name", "content", "kind"), [
    ("a.csv", b'[{"order_id": 1, "market": "606"}]', "JSON"),
    ("a.json", b'{"orders": []}', "JSON"),
    ("a.csv", b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n", "PDF"),
    ("a.xls", b"<!DOCTYPE html><html><table><tr><td>order_id</td></tr></table></html>", "HTML"),
])  # fmt: skip
def test_what_is_no_table_is_named(shop: Path, name: str, content: bytes, kind: str) -> None:
    (shop / name).write_bytes(content)
    found = invoke("orders", "read", name)
    assert found.exit_code == 2
    assert kind in found.stderr
    assert "Traceback" not in found.output


# --- runs -----------------------------------------------------------------------------------------


def test_the_results_keep_orders_and_map_and_their_command_repeats_the_run(shop: Path) -> None:
    (shop / "one.yaml").write_text(write_yaml(one_seller(failed_attempt=0.3)))
    same = ("--no-report", "--workers", "1")
    first = invoke(
        "run", "one.yaml", "--orders", "shop.csv", "--map", "shopify", "-o", "out", *same
    )
    assert first.exit_code == 0, first.output
    assert "2 left out" in first.output
    folder = shop / "out"
    assert (folder / "orders.csv").read_text() == SHOP
    assert "Shipping Zip" in (folder / "orders.map.yaml").read_text()
    summary = summary_of(folder)
    read = summary["run"]["orders_read"]
    assert (read["format"], read["rows"], read["parcels"]) == ("shopify", 32, 30)
    assert read["left_out"] == LEFT_OUT
    told = (folder / "README.txt").read_text().splitlines()
    (command,) = {line.strip() for line in told if line.strip().startswith("logistics run")}
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        again = invoke(*shlex.split(command)[1:], "-o", "../again", *same)
    assert again.exit_code == 0, again.output
    assert summary_of(shop / "again")["scenarios"] == summary["scenarios"]


def test_strict_runs_are_refused_and_nothing_is_written(shop: Path) -> None:
    (shop / "one.yaml").write_text(write_yaml(one_seller()))
    found = invoke("run", "one.yaml", "--orders", "shop.csv", "--map", "shopify", "--strict",
                   "-o", "out")  # fmt: skip
    assert found.exit_code == 2
    assert "shop.csv:32: Shipping Zip = '96813: is in Hawaii" in found.stderr
    assert not (shop / "out").exists()


def test_a_parcel_is_traced_by_the_shops_own_id(shop: Path) -> None:
    (shop / "one.yaml").write_text(write_yaml(one_seller()))
    found = invoke("trace", "one.yaml", "--orders", "shop.csv", "--map", "shopify",
                   "--order", "#1010")  # fmt: skip
    assert found.exit_code == 0, found.output
    assert "60601" in found.output or "Chicago" in found.output or "Z606" in found.output


def test_a_run_has_other_among_its_products(shop: Path) -> None:
    run = logistics.simulate(one_seller(), orders=shop / "shop.csv", map="shopify")
    table = run.parcel_table(measured=False)
    assert table["product"].astype(str).value_counts().to_dict() == {"toy": 15, "other": 15}
    result = logistics.compare([one_seller()], orders=shop / "shop.csv", map="shopify",
                               replications=1, workers=1)  # fmt: skip
    assert result.run["orders_read"]["left_out"] == LEFT_OUT
    # ten measured parcels of each, in the order of the scenario's products with 'other' last
    products = result.group_totals["one"]["product"].parcels.tolist()
    assert (products[5], products[-1], sum(products)) == (10, 10, 20)


def test_a_map_without_orders_is_refused() -> None:
    for name, value in (("map", "shopify"), ("strict", True)):
        with pytest.raises(InputError, match=f"--{name} is for a file of orders"):
            logistics.compare([one_seller()], **{name: value})
