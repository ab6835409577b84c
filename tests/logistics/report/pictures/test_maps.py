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
    FEWEST,
    NOT_REACHED,
    plot_difference_map,
    plot_median_days_map,
    plot_p95_days_map,
    plot_within_dates_map,
)
from logistics.report.pictures.place_maps import (
    most_on_lanes,
    plot_facilities_map,
    plot_flows_map,
)
from logistics.report.pictures.style import VIRIDIS, diverging, round_step, sequential
from networks.geography import load_markets

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


def test_a_scale_has_round_ends_and_clamps() -> None:
    scale = sequential([1.3, 2.0, 6.7, np.inf, np.nan])
    assert (scale.low, scale.high) == (1.0, 7.0)
    assert scale.color(-5) == scale.color(1.0) == VIRIDIS[-1]
    assert scale.color(99) == VIRIDIS[0]
    assert scale.ticks() == [1, 2, 3, 4, 5, 6, 7]


@pytest.mark.parametrize("values", [[], [np.nan], [0.0, 0.0], [5.0], [-0.2, 0.1]])
def test_any_values_have_a_scale(values: list[float]) -> None:
    for scale in (sequential(values), diverging(values)):
        assert scale.low < scale.high
        assert scale.ticks()
        assert re.fullmatch("#[0-9a-f]{6}", scale.color(0.0))


def test_no_difference_is_the_pale_middle() -> None:
    scale = diverging([-3.0, 8.0])
    assert scale.low == -scale.high
    assert scale.color(0.0) == "#f4f4f2"


def test_viridis_grows_evenly_darker() -> None:
    light = [
        int(c[1:3], 16) * 0.3 + int(c[3:5], 16) * 0.59 + int(c[5:], 16) * 0.11 for c in VIRIDIS
    ]
    assert all(later > before for before, later in pairwise(light))


@pytest.mark.parametrize(("step", "rounded"), [(0.3, 0.5), (1.0, 1.0), (12, 20), (0.051, 0.1)])
def test_steps_are_round(step: float, rounded: float) -> None:
    assert round_step(step) == pytest.approx(rounded)


# --- markets --------------------------------------------------------------------------------------


def test_a_market_says_its_name_value_and_parcels() -> None:
    result = three_networks()
    tally = result.group_totals["next-day"]["market"]
    picture = plot_median_days_map(result, "next-day")
    shown = cells(picture)
    assert len(shown) == len(load_markets())
    days, parcels = tally.quantile(0.5)[RICHMOND], tally.parcels[RICHMOND]
    assert shown[RICHMOND][1] == f"Richmond, VA: {days:.1f} days ({parcels:,} parcels)"
    assert "days since the order" in words(picture)


def test_networks_share_one_scale() -> None:
    result = three_networks()
    maps = {name: plot_median_days_map(result, name) for name in result.names}
    legends = {words(one).split("days since")[1].split("fewer")[0] for one in maps.values()}
    assert len(legends) == 1
    means = {}
    for name, one in maps.items():
        colors = [color for color, text in cells(one) if "too few" not in text]
        means[name] = np.mean([int(color[3:5], 16) for color in colors])
    assert means["next-day"] > means["in-between"] > means["seller-direct"]


def test_too_few_parcels_are_grey_and_counted() -> None:
    result = three_networks()
    parcels = result.group_totals["next-day"]["market"].parcels
    few = int(((parcels > 0) & (parcels < FEWEST)).sum())
    picture = plot_within_dates_map(result, "next-day", 2)
    assert few > 0
    assert sum("too few" in text for _, text in cells(picture)) == few
    assert f"fewer than {FEWEST} parcels: {few} markets" in words(picture)


def test_markets_without_orders_are_plain_land() -> None:
    result = only_from(three_networks(), ("Z232", "Z981"))
    for picture in (
        plot_median_days_map(result, "next-day"),
        plot_difference_map(result, "next-day", "seller-direct"),
    ):
        shown = cells(picture)
        assert "orders" not in shown[RICHMOND][1]
        assert shown[0] == (LAND, "Chicopee, MA: no orders")
        assert "fewer than 10 parcels: 0 markets" in words(picture)
        assert f"no orders: {len(load_markets()) - 2} markets" in words(picture)


def test_few_markets_have_a_dot_that_can_be_seen() -> None:
    result = three_networks()
    picture = plot_median_days_map(only_from(result, ("Z232", "Z981")), "next-day")
    dots = list(read(picture).iter(f"{SVG}circle"))
    assert [(one.get("fill"), one.findtext(f"{SVG}title")) for one in dots] == [
        cells(picture)[load_markets().index(market)] for market in ("Z232", "Z981")
    ]
    assert "(dot)" in words(picture)
    assert not list(read(plot_median_days_map(result, "next-day")).iter(f"{SVG}circle"))


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


def test_the_difference_is_blue_where_the_second_is_faster() -> None:
    result = three_networks()
    pair = pair_name("next-day", "seller-direct")
    days = np.full(len(load_markets()), 2.0)
    days[RICHMOND] = -2.0
    falls = {**result.waterfalls, pair: replace(result.waterfalls[pair], market_days=days)}
    shown = cells(plot_difference_map(replace(result, waterfalls=falls), *pair.split(" vs ")))
    color, text = shown[RICHMOND]
    assert int(color[5:], 16) > int(color[1:3], 16)
    assert "-2.0 days" in text


# --- places ---------------------------------------------------------------------------------------


def test_a_facility_is_a_circle_as_large_as_it_is_busy() -> None:
    picture = plot_facilities_map(three_networks(), "next-day", FACILITIES)
    circles = {
        (circle.findtext(f"{SVG}title") or "").split(":")[0]: float(circle.get("r", 0))
        for circle in read(picture).iter(f"{SVG}circle")
        if circle.find(f"{SVG}title") is not None
    }
    assert circles["fulfillment center FC1"] == circles["sort center SC1"]
    areas = circles["delivery station DS1"] ** 2 / circles["sort center SC1"] ** 2
    assert areas == pytest.approx(40 / 60, abs=0.02)
    assert "delivery station (2)" in words(picture)


def test_lanes_are_arcs_as_wide_as_they_are_busy() -> None:
    picture = plot_flows_map(three_networks(), "next-day", FACILITIES)
    arcs = {
        path.findtext(f"{SVG}title"): float(path.get("stroke-width", 0))
        for path in read(picture).iter(f"{SVG}path")
        if path.find(f"{SVG}title") is not None
    }
    assert arcs["FC1 to SC1 by linehaul: 4,286 parcels a day"] == 9.0
    assert arcs["SC1 to DS2 by flight: 1,429 parcels a day"] == 3.0
    assert len(arcs) == 3
    assert "3 of 3 lanes, 100% of all parcels times kilometers" in words(picture)


def test_circles_and_arcs_are_on_one_scale_for_all_networks() -> None:
    result = three_networks()
    one = result.places["next-day"]
    twice = replace(one, parcels_at=one.parcels_at * 2, parcels_on=one.parcels_on * 2)
    result = replace(result, places={**result.places, "in-between": twice})
    sites = dict.fromkeys(result.names, FACILITIES)
    most = most_on_lanes(result, sites)
    maps = {
        name: (
            plot_facilities_map(result, name, FACILITIES),
            plot_flows_map(result, name, FACILITIES, most),
        )
        for name in ("next-day", "in-between")
    }
    radii, widths = (
        {name: max(largest(both[row], what)) for name, both in maps.items()}
        for row, what in ((0, "r"), (1, "stroke-width"))
    )
    assert radii["in-between"] ** 2 / radii["next-day"] ** 2 == pytest.approx(2, abs=0.02)
    assert widths == {"next-day": 4.5, "in-between": 9.0}
    for row in (0, 1):
        legends = {words(both[row]).split("Where")[0] for both in maps.values()}
        assert len(legends) == 1


def largest(picture: Drawing, what: str) -> list[float]:
    """Return a size of every shape that has a tooltip."""
    return [
        float(shape.get(what, 0))
        for shape in read(picture).iter()
        if shape.find(f"{SVG}title") is not None
    ]


def test_a_network_without_facilities_has_an_empty_map() -> None:
    assert "parcels a day" in words(plot_facilities_map(three_networks(), "next-day", {}))
    assert "0 of 0 lanes" in words(plot_flows_map(three_networks(), "next-day", {}))


# --- files ----------------------------------------------------------------------------------------


def test_maps_are_small_whole_and_ask_for_nothing() -> None:
    result = three_networks()
    for picture in (
        plot_median_days_map(result, "in-between"),
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
    for picture in (plot_median_days_map(result, name), plot_difference_map(result, name, "B")):
        root = read(picture)
        assert not list(root.iter(f"{SVG}script"))
        assert name in words(picture) or name[:20] in words(picture)


def test_ids_are_made_its_own() -> None:
    svg = plot_median_days_map(three_networks(), "next-day").svg
    own = with_own_ids(svg, "a-")
    assert 'id="a-ramp"' in own
    assert "url(#a-ramp)" in own
    assert "url(#ramp)" not in own
