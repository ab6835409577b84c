"""Maps: every place within the country, one color scale, grey where too little is known."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise
from xml.etree import ElementTree

import numpy as np
import pytest
from whole_comparisons import FACILITIES, World, only_from, three_networks, whole_comparison

from logistics.analysis.comparison import pair_name
from logistics.report.pictures.drawing import Drawing, png_of, with_own_ids
from logistics.report.pictures.map_sheets import (
    HEIGHT,
    LAND,
    WIDTH,
    albers,
    border_path,
    cell_paths,
    market_places,
    nation_path,
)
from logistics.report.pictures.market_maps import (
    FEWEST_TAIL,
    METRICS,
    NOT_REACHED,
    classes,
    plot_difference_map,
    plot_p95_days_map,
)
from logistics.report.pictures.place_maps import (
    plot_facilities_map,
    plot_flows_map,
    real_volume,
)
from logistics.report.pictures.style import CLASSES, round_step
from networks.geography import load_markets, nearest_city

SVG = "{http://www.w3.org/2000/svg}"
RICHMOND = load_markets().index("Z232")


def read(picture: Drawing) -> ElementTree.Element:
    return ElementTree.fromstring(picture.svg)


def cells(picture: Drawing) -> list[tuple[str, str]]:
    """Return the fill and the tooltip of every market, in order."""
    return [
        (path.get("fill", ""), path.findtext(f"{SVG}title", ""))
        for path in read(picture).iter(f"{SVG}path")
        if path.find(f"{SVG}title") is not None
    ]


def words(picture: Drawing) -> str:
    return " | ".join(element.text or "" for element in read(picture).iter(f"{SVG}text"))


# --- where things stand ---------------------------------------------------------------------------


def test_the_projection_keeps_north_up_and_areas_equal() -> None:
    north, south = albers(-96.0, 45.0), albers(-96.0, 35.0)
    assert north[1] < south[1]
    assert north[0] == south[0]
    areas = []
    for latitude in (28.0, 38.0, 47.0):
        around = [(0, 0), (1, 0), (1, 1), (0, 1)]
        corners = np.array([albers(-100 + x, latitude + y) for x, y in around])
        x, y = corners.T
        area = abs(np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1))) / 2
        true = np.sin(np.radians(latitude + 1)) - np.sin(np.radians(latitude))
        areas.append(area / true)
    assert max(areas) / min(areas) == pytest.approx(1, abs=1e-3)


def test_every_market_and_the_whole_outline_lie_on_the_sheet() -> None:
    steps = [np.array(re.findall(r"-?\d+", path), float) for path in nation_path().split("M")[1:]]
    outline = np.concatenate([np.cumsum(one.reshape(-1, 2), axis=0) for one in steps]) / 10
    for points in (outline, market_places()):
        assert (points >= 0).all()
        assert (points <= [WIDTH, HEIGHT]).all()
    west, east = outline[:, 0].argmin(), outline[:, 0].argmax()
    assert outline[west, 0] < 40  # Cape Alava, Washington or Cape Mendocino, California
    assert outline[east, 0] > WIDTH - 50  # Maine
    assert border_path().count("M") > 100


def test_cells_share_the_country_among_all_markets() -> None:
    paths = cell_paths()
    assert len(paths) == len(load_markets()) == len(set(paths))
    corners = [
        np.cumsum(np.array(re.findall(r"-?\d+", path), float).reshape(-1, 2), axis=0) / 10
        for path in paths
    ]
    for place, ring in list(zip(market_places(), corners, strict=True))[::40]:
        for corner in ring[(ring > -900).all(axis=1) & (ring < 1900).all(axis=1)]:
            nearest = np.hypot(*(market_places() - corner).T).min()
            assert np.hypot(*(corner - place)) == pytest.approx(nearest, abs=0.3)


# --- colors --------------------------------------------------------------------------------------


def test_days_are_rounded_up_to_their_class() -> None:
    limits = METRICS["p95"].limits
    assert classes([0.4, 1.0, 1.01, 6.0, 6.5, 40.0], limits).tolist() == [0, 0, 1, 5, 6, 6]
    assert METRICS["p95"].labels == ("1", "2", "3", "4", "5", "6", "7+")


def test_shares_have_the_palest_class_for_the_highest() -> None:
    limits = METRICS["on_time"].limits
    assert classes([1.0, 0.98, 0.96, 0.5, 0.49], limits).tolist() == [0, 0, 1, 5, 6]


def test_slower_classes_are_darker() -> None:
    light = [
        int(c[1:3], 16) * 0.3 + int(c[3:5], 16) * 0.59 + int(c[5:], 16) * 0.11 for c in CLASSES
    ]
    assert all(later < before for before, later in pairwise(light))


@pytest.mark.parametrize(("step", "rounded"), [(0.3, 0.5), (1.0, 1.0), (12, 20), (0.051, 0.1)])
def test_steps_are_round(step: float, rounded: float) -> None:
    assert round_step(step) == pytest.approx(rounded)


# --- markets --------------------------------------------------------------------------------------


def test_a_market_says_its_name_value_and_parcels() -> None:
    result = three_networks()
    totals = result.group_totals["next-day"]["market"]
    picture = plot_p95_days_map(result, "next-day")
    shown = cells(picture)
    assert len(shown) == len(load_markets())
    busy = int(totals.parcels.argmax())
    days, parcels = totals.quantile(0.95)[busy], totals.parcels[busy]
    name = load_markets().names[busy]
    assert shown[busy] == (
        CLASSES[min(int(np.ceil(days - 1e-9)), 7) - 1],
        f"{name}: {days:.1f} days ({parcels:,} parcels)",
    )
    assert "days since the order" in words(picture)
    assert "Hawaii and Puerto Rico are not simulated" in words(picture)


def test_too_few_parcels_are_gray_and_counted() -> None:
    result = three_networks()
    parcels = result.group_totals["next-day"]["market"].parcels
    few = int(((parcels > 0) & (parcels < FEWEST_TAIL)).sum())
    picture = plot_p95_days_map(result, "next-day")
    assert few > 0
    assert sum("too few" in text for _, text in cells(picture)) == few
    assert f"fewer than {FEWEST_TAIL} parcels: {few} markets" in words(picture)


def test_markets_without_orders_are_plain_land() -> None:
    result = only_from(three_networks(), ("Z232", "Z981"))
    for picture in (
        plot_p95_days_map(result, "next-day"),
        plot_difference_map(result, "next-day", "seller-direct"),
    ):
        shown = cells(picture)
        assert "orders" not in shown[RICHMOND][1]
        assert shown[0] == (LAND, "Chicopee, MA: no orders")
        assert re.search(r"fewer than [14]0 parcels: 0 markets", words(picture))
        assert f"no orders: {len(load_markets()) - 2} markets" in words(picture)


def test_few_markets_have_a_dot_that_can_be_seen() -> None:
    result = three_networks()
    picture = plot_p95_days_map(only_from(result, ("Z232", "Z981")), "next-day")
    dots = list(read(picture).iter(f"{SVG}circle"))
    assert [(one.get("fill"), one.findtext(f"{SVG}title")) for one in dots] == [
        cells(picture)[load_markets().index(market)] for market in ("Z232", "Z981")
    ]
    assert "(dot)" in words(picture)
    assert not list(read(plot_p95_days_map(result, "next-day")).iter(f"{SVG}circle"))


def test_markets_where_nothing_came_in_both_are_not_called_few() -> None:
    result = three_networks()
    pair = pair_name("next-day", "seller-direct")
    nothing = np.full(len(load_markets()), np.nan)
    falls = {**result.waterfalls, pair: replace(result.waterfalls[pair], market_days=nothing)}
    picture = plot_difference_map(replace(result, waterfalls=falls), *pair.split(" vs "))
    assert "not delivered in both" in cells(picture)[RICHMOND][1]
    assert "not delivered in both: " in words(picture)


def test_a_quantile_that_is_not_reached_is_said() -> None:
    result = three_networks()
    tally = result.group_totals["next-day"]["market"]
    lost = replace(tally, days=np.zeros_like(tally.days))
    group_totals = {
        **result.group_totals,
        "next-day": {**result.group_totals["next-day"], "market": lost},
    }
    picture = plot_p95_days_map(replace(result, group_totals=group_totals), "next-day")
    color, text = cells(picture)[RICHMOND]
    assert color == NOT_REACHED
    assert "not reached" in text
    assert "not reached:" in words(picture)


def test_the_slower_network_is_the_one_that_the_map_is_about() -> None:
    result = three_networks()
    pair = pair_name("next-day", "seller-direct")
    days = np.full(len(load_markets()), -2.0)
    days[RICHMOND] = 0.5
    falls = {**result.waterfalls, pair: replace(result.waterfalls[pair], market_days=days)}
    picture = plot_difference_map(replace(result, waterfalls=falls), *pair.split(" vs "))
    assert "How many days longer next-day take than seller-direct" in words(picture)
    color, text = cells(picture)[RICHMOND]
    assert color == CLASSES[0]
    assert "-0.5 days" in text


# --- places ---------------------------------------------------------------------------------------


def test_a_facility_is_a_circle_as_large_as_it_is_busy() -> None:
    picture = plot_facilities_map(three_networks(), "next-day", FACILITIES)
    circles = {
        (circle.findtext(f"{SVG}title") or "").split(": ")[1].split(",")[0]: float(
            circle.get("r", 0)
        )
        for circle in read(picture).iter(f"{SVG}circle")
        if circle.find(f"{SVG}title") is not None
    }
    assert circles["fulfillment center FC1"] == circles["sort center SC1"] == 20.0
    areas = circles["delivery station DS1"] ** 2 / circles["sort center SC1"] ** 2
    assert areas == pytest.approx(40 / 60, abs=0.02)
    assert "delivery station (2)" in words(picture)


def test_the_largest_facilities_have_the_names_of_their_cities() -> None:
    one = FACILITIES["FC1"]
    picture = plot_facilities_map(three_networks(), "next-day", FACILITIES)
    assert nearest_city(one.latitude, one.longitude) in words(picture)


def test_sizes_are_those_of_the_real_volume_not_of_the_sample() -> None:
    result = three_networks()
    built = ["1 hub", "built for 15,000,000 parcels a day: carrier",
             "built for 280,000 parcels a day: platform"]  # fmt: skip
    run = {**result.run, "orders_per_day": 1_000, "networks": {"next-day": {"built": built}}}
    real = replace(result, run=run)
    assert real_volume(real, "next-day") == 280_000
    sample, scaled = (
        plot_facilities_map(one, "next-day", FACILITIES)
        for one in (replace(result, run={**result.run, "networks": {}}), real)
    )

    def parcels(picture: Drawing) -> list[int]:
        return [
            int(found.replace(",", ""))
            for found in re.findall(r", ([\d,]+) parcels a day</title>", picture.svg)
        ]

    assert parcels(scaled)[0] == pytest.approx(280 * parcels(sample)[0], rel=1e-3)
    assert "280,000 parcels a day in all" in words(scaled)
    assert "Parcels of the sample" in words(sample)


def test_flows_are_those_between_states() -> None:
    picture = plot_flows_map(three_networks(), "next-day", FACILITIES)
    arcs = {
        path.findtext(f"{SVG}title"): float(path.get("stroke-width", 0))
        for path in read(picture).iter(f"{SVG}path")
        if path.find(f"{SVG}title") is not None
    }
    assert arcs
    for words_ in arcs:
        start, end = (words_ or "").split(":")[0].split(" to ")
        assert start != end
    assert max(arcs.values()) == 14.0


def test_a_network_without_facilities_has_an_empty_map() -> None:
    assert "parcels a day" in words(plot_facilities_map(three_networks(), "next-day", {}))
    assert "0 largest of 0 flows" in words(plot_flows_map(three_networks(), "next-day", {}))


# --- files ----------------------------------------------------------------------------------------


def test_maps_are_small_whole_and_ask_for_nothing() -> None:
    result = three_networks()
    for picture in (
        plot_p95_days_map(result, "in-between"),
        plot_difference_map(result, "next-day", "in-between"),
        plot_facilities_map(result, "next-day", FACILITIES),
        plot_flows_map(result, "next-day", FACILITIES),
    ):
        assert len(picture.svg.encode()) < 150_000
        assert picture._repr_svg_() == picture.svg
        links = set(re.findall(r"https?://[^\"' ]*", picture.svg))
        assert links <= {"http://www.w3.org/2000/svg"}
        assert png_of(picture.svg).startswith(b"\x89PNG")


def test_hostile_names_stay_text() -> None:
    name = "<script>alert('x')</script> & \"co\""
    result = whole_comparison(World({name: 1.0, "B": 1.2}, runs=1, parcels=2_000))
    for picture in (plot_p95_days_map(result, name), plot_difference_map(result, name, "B")):
        root = read(picture)
        assert not list(root.iter(f"{SVG}script"))
        assert name in words(picture) or name[:20] in words(picture)


def test_ids_are_made_its_own() -> None:
    svg = '<svg><clipPath id="a"/><g clip-path="url(#a)"/></svg>'
    assert with_own_ids(svg, "b-") == '<svg><clipPath id="b-a"/><g clip-path="url(#b-a)"/></svg>'
