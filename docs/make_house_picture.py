"""Draws the house: one room per package, one arrow per import, layers from top to bottom.

    python -m docs.make_house_picture

Reads the imports of `logistics` and `networks` and writes docs/pictures/house.svg. An arrow that
follows from others is left out: where A imports B and B imports C, A may import C as well.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping, Sequence
from html import escape
from itertools import pairwise
from pathlib import Path
from textwrap import wrap
from typing import NamedTuple

import networkx as nx

ROOT = Path(__file__).parent.parent
PICTURE = ROOT / "docs" / "pictures" / "house.svg"
PACKAGES = ("logistics", "networks")
LEFT_OUT = {"logistics", "logistics.__main__", "networks", "networks.data"}
"""The front doors, which only pass names on, and a package without code."""

WIDTH, HEIGHT, GAP, STOREY, MARGIN = 176, 62, 22, 112, 24
CHARACTERS, LINES = 29, 2
COLORS = {"logistics": ("#eef3fa", "#3b5b8c"), "networks": ("#eef6ee", "#3f7a46")}
SWEEPS = 24


class Box(NamedTuple):
    """Where a room, or the bend of an arrow, lies: its center and how wide it is."""

    x: float
    y: float
    width: float


def main() -> None:
    """Write the picture."""
    PICTURE.parent.mkdir(exist_ok=True)
    PICTURE.write_text(svg(), encoding="utf-8")


def svg() -> str:
    """Return the picture as SVG; the same code gives the same bytes."""
    rooms = rooms_of(ROOT)
    circles = nx.condensation(imports_of(rooms))
    names = {node: sorted(circles.nodes[node]["members"]) for node in circles}
    arrows = nx.transitive_reduction(circles)
    paths, rows = _ordered(arrows, _storeys(arrows))
    boxes = _placed(rows, names)
    height = int(max(box.y for box in boxes.values()) + HEIGHT / 2 + MARGIN)
    width = int(max(box.x + box.width / 2 for box in boxes.values()) + MARGIN)
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
        f'width="{width}" height="{height}" font-family="Helvetica, Arial, sans-serif" role="img">',
        "<title>Packages and what they import</title>",
        '<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" '
        'markerHeight="7" orient="auto"><path d="M0 0 8 4 0 8z" fill="#8a94a3"/></marker></defs>',
        f'<rect width="{width}" height="{height}" fill="#ffffff"/>',
    ]
    lines += [_arrow(path, boxes) for path in paths]
    for node, members in names.items():
        lines += _room(members, boxes[node], rooms)
    return "\n".join([*lines, "</svg>", ""])


# Rooms and imports -------------------------------------------------------------------------------


def rooms_of(root: Path) -> dict[str, str]:
    """Return each room, such as `logistics.runs`, and the first line of its docstring."""
    rooms = {}
    for package in PACKAGES:
        for path in sorted((root / package).iterdir()):
            home = path / "__init__.py" if path.is_dir() else path
            name = f"{package}.{path.stem}".removesuffix(".__init__")
            if home.suffix == ".py" and home.is_file() and name not in LEFT_OUT:
                text = ast.get_docstring(ast.parse(home.read_text("utf-8"))) or ""
                rooms[name] = text.split("\n")[0]
    return rooms


def imports_of(rooms: Iterable[str]) -> nx.DiGraph[str]:
    """Return the graph of which room imports which; imports for type checking do not count."""
    graph: nx.DiGraph[str] = nx.DiGraph()
    graph.add_nodes_from(sorted(rooms))
    for room in sorted(graph):
        for imported in sorted(set(_imported(ROOT.joinpath(*room.split("."))))):
            target = ".".join(imported.split(".")[:2])
            if target in graph and target != room:
                graph.add_edge(room, target)
    return graph


def _imported(room: Path) -> Iterator[str]:
    files = sorted(room.rglob("*.py")) if room.is_dir() else [room.with_suffix(".py")]
    for file in files:
        yield from _modules(ast.parse(file.read_text("utf-8")))


def _modules(tree: ast.AST) -> Iterator[str]:
    """Yield the modules that are imported anywhere in a file but under `TYPE_CHECKING`."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            continue
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{name.name}" for name in node.names)
        yield from _modules(node)


# Layers ------------------------------------------------------------------------------------------

Node = int | tuple[int, int, int]
"""A room (or rooms that import each other in a circle), or where an arrow passes a storey."""


def _storeys(graph: nx.DiGraph[int]) -> dict[int, int]:
    """Return each room's storey from the top: below everything that imports it."""
    storeys: dict[int, int] = {}
    for node in nx.lexicographical_topological_sort(graph):
        storeys[node] = max((storeys[above] + 1 for above in graph.predecessors(node)), default=0)
    return storeys


def _ordered(
    graph: nx.DiGraph[int], storeys: Mapping[int, int]
) -> tuple[list[list[Node]], list[list[Node]]]:
    """Return each arrow's path through the storeys, and each storey from left to right."""
    rows: list[list[Node]] = [[] for _ in range(max(storeys.values()) + 1)]
    for node in sorted(storeys):
        rows[storeys[node]].append(node)
    paths: list[list[Node]] = []
    for start, end in sorted(graph.edges):
        bends: list[Node] = [(start, end, s) for s in range(storeys[start] + 1, storeys[end])]
        for bend, row in zip(bends, rows[storeys[start] + 1 :], strict=False):
            row.append(bend)
        paths.append([start, *bends, end])
    links = [link for path in paths for link in pairwise(path)]
    for sweep in range(SWEEPS):
        _sort_by_neighbors(rows, links, down=sweep % 2 == 0)
    return paths, rows


def _sort_by_neighbors(
    rows: list[list[Node]], links: Sequence[tuple[Node, Node]], down: bool
) -> None:
    """Move each room towards the mean place of its neighbors one storey up, or down."""
    near: dict[Node, list[Node]] = {}
    for above, below in links:
        near.setdefault(below if down else above, []).append(above if down else below)
    indices = range(1, len(rows)) if down else range(len(rows) - 2, -1, -1)
    for index in indices:
        beside = rows[index - 1 if down else index + 1]
        place = {node: (n + 0.5) / len(beside) for n, node in enumerate(beside)}
        wanted = {}
        for n, node in enumerate(rows[index]):
            found = [place[one] for one in near.get(node, []) if one in place]
            wanted[node] = sum(found) / len(found) if found else (n + 0.5) / len(rows[index])
        rows[index].sort(key=wanted.__getitem__)


def _placed(rows: Sequence[Sequence[Node]], names: Mapping[Node, Sequence[str]]) -> dict[Node, Box]:
    """Return where everything lies; storeys are centered."""
    widths = [[_width(names[node]) if node in names else GAP for node in row] for row in rows]
    spans = [sum(row) + GAP * (len(row) - 1) for row in widths]
    boxes: dict[Node, Box] = {}
    for storey, (row, sizes, span) in enumerate(zip(rows, widths, spans, strict=True)):
        left = MARGIN + (max(spans) - span) / 2
        for node, width in zip(row, sizes, strict=True):
            y = MARGIN + HEIGHT / 2 + storey * STOREY
            boxes[node] = Box(left + width / 2, y, width)
            left += width + GAP
    return boxes


def _width(members: Sequence[str]) -> int:
    """Return the width of a room; a circle of rooms needs space for all their names."""
    return WIDTH if len(members) == 1 else 8 * len(_label(members))


def _label(members: Sequence[str]) -> str:
    package = members[0].partition(".")[0]
    name = " + ".join(member.partition(".")[2] for member in members)
    return name if package == "logistics" else f"networks.{name}"


# Drawing -----------------------------------------------------------------------------------------


def _arrow(path: Sequence[Node], boxes: Mapping[Node, Box]) -> str:
    """Draw an import, from the bottom of one room to the top of another."""
    start, *bends, end = (boxes[node] for node in path)
    points = [(start.x, start.y + HEIGHT / 2)]
    for bend in bends:
        points += [(bend.x, bend.y - HEIGHT / 2), (bend.x, bend.y + HEIGHT / 2)]
    points.append((end.x, end.y - HEIGHT / 2))
    text = f"M{points[0][0]:.0f} {points[0][1]:.0f}"
    for n, ((x, y), (to_x, to_y)) in enumerate(pairwise(points)):
        middle = (y + to_y) / 2
        curve = f"C{x:.0f} {middle:.0f} {to_x:.0f} {middle:.0f} {to_x:.0f} {to_y:.0f}"
        text += f"L{to_x:.0f} {to_y:.0f}" if n % 2 else curve
    style = 'fill="none" stroke="#8a94a3" stroke-width="1.2" marker-end="url(#tip)"'
    return f'<path d="{text}" {style}/>'


def _room(members: Sequence[str], box: Box, rooms: Mapping[str, str]) -> Iterator[str]:
    """Draw a room: its name, and what it says of itself."""
    package = members[0].partition(".")[0]
    fill, ink = COLORS[package]
    left, top = box.x - box.width / 2, box.y - HEIGHT / 2
    yield (
        f"<g><title>{escape('; '.join(f'{m}: {rooms[m]}' for m in members))}</title>"
        f'<rect x="{left:.0f}" y="{top:.0f}" width="{box.width:.0f}" height="{HEIGHT}" rx="6" '
        f'fill="{fill}" stroke="{ink}"/>'
    )
    yield (
        f'<text x="{box.x:.0f}" y="{top + 19:.0f}" text-anchor="middle" font-size="13" '
        f'font-weight="bold" fill="{ink}">{escape(_label(members))}</text>'
    )
    for n, line in enumerate(_shortened(rooms[members[0]])):
        yield (
            f'<text x="{box.x:.0f}" y="{top + 36 + 14 * n:.0f}" text-anchor="middle" '
            f'font-size="10.5" fill="#333333">{escape(line)}</text>'
        )
    yield "</g>"


def _shortened(text: str) -> list[str]:
    """Return the beginning of a text as lines that fit into a room."""
    lines = wrap(text.replace("`", "").rstrip("."), CHARACTERS)
    if len(lines) <= LINES:
        return lines
    whole, _, _ = f"{lines[LINES - 1]} ".rpartition(" ")
    return [*lines[: LINES - 1], f"{whole.rstrip(' ,;:')} …"]


if __name__ == "__main__":
    main()
