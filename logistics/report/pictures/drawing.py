"""Pictures drawn as SVG by ourselves, and what is needed to write any picture to files."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import escape
from os import PathLike, fspath
from pathlib import Path

import altair as alt

from logistics.report.rendering import Plain, png_of, svg_of_chart

FONT = "DejaVu Sans, Verdana, Arial, sans-serif"
INK, SOFT, GRAY = "#1a1a1a", "#4d4d4d", "#d9d9d9"

_IDS = re.compile(r'(\bid="|url\(#|href="#)')


@dataclass(frozen=True)
class Drawing:
    """A finished picture: an SVG document that shows itself in a notebook."""

    svg: str

    def _repr_svg_(self) -> str:
        return self.svg


Picture = alt.TopLevelMixin | Drawing


def plain_of(picture: Picture) -> Plain:
    """Return a picture as it can be drawn in another process."""
    return picture.svg if isinstance(picture, Drawing) else picture.to_dict()


def svg_of(picture: Picture) -> str:
    """Return the SVG of a picture; what the marks of a chart say is shown as their tooltips."""
    return picture.svg if isinstance(picture, Drawing) else svg_of_chart(picture.to_dict())


def save_picture(picture: Picture, path: str | PathLike[str]) -> tuple[Path, Path]:
    """Write a picture as PNG and SVG; `path` has no suffix.

    Raises OSError if the files cannot be written.
    """
    stem, svg = fspath(path), svg_of(picture)
    png_path, svg_path = Path(f"{stem}.png"), Path(f"{stem}.svg")
    svg_path.write_text(svg, encoding="utf-8")
    png_path.write_bytes(png_of(svg))
    return png_path, svg_path


def with_own_ids(svg: str, prefix: str) -> str:
    """Return an SVG whose ids start with `prefix`, so that several stand on one page.

    >>> with_own_ids('<clipPath id="a"/><g clip-path="url(#a)"/>', "map-")
    '<clipPath id="map-a"/><g clip-path="url(#map-a)"/>'
    """
    return _IDS.sub(lambda found: found[1] + prefix, svg)


def text(x: float, y: float, words: str, size: float = 18, **attributes: str) -> str:
    """Return a line of text whose baseline starts at a point.

    `attributes`: of SVG, with '_' for '-'.
    """
    named = {"font-size": f"{size:g}", "fill": INK, **attributes}
    written = " ".join(f'{name.replace("_", "-")}="{value}"' for name, value in named.items())
    return f'<text x="{x:g}" y="{y:g}" {written}>{escape(words)}</text>'


def tooltip(words: str) -> str:
    """Return the title element that a browser shows over a shape."""
    return f"<title>{escape(words)}</title>"
