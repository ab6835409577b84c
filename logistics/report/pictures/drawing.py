"""Pictures drawn as SVG by ourselves, and what is needed to write any picture to files."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import escape
from os import PathLike, fspath
from pathlib import Path

import altair as alt
import vl_convert

FONT = "DejaVu Sans, Verdana, Arial, sans-serif"
INK, SOFT, GRAY = "#1a1a1a", "#4d4d4d", "#d9d9d9"

_PNG_WIDTH = 1400  # pixels
_IDS = re.compile(r'(\bid="|url\(#|href="#)')
_ID = re.compile(r'\bid="([^"]*)"')
_LABELLED = re.compile(r'<(path|text)\b([^<>]*?)\baria-label="([^"]*)"([^<>]*?)/>')
_SIZE = re.compile(r'<svg[^>]*?\bwidth="([0-9.]+)"')


@dataclass(frozen=True)
class Drawing:
    """A finished picture: an SVG document that shows itself in a notebook."""

    svg: str

    def _repr_svg_(self) -> str:
        return self.svg


Picture = alt.TopLevelMixin | Drawing


def svg_of(picture: Picture) -> str:
    """Return the SVG of a picture; what the marks of a chart say is shown as their tooltips."""
    if isinstance(picture, Drawing):
        return picture.svg
    drawn = vl_convert.vegalite_to_svg(picture.to_dict())
    return _LABELLED.sub(r'<\1\2aria-label="\3"\4><title>\3</title></\1>', _numbered(drawn))


def png_of(svg: str) -> bytes:
    """Return an SVG as PNG, 1400 pixels wide."""
    found = _SIZE.search(svg)
    scale = _PNG_WIDTH / float(found[1]) if found else 2.0
    png: bytes = vl_convert.svg_to_png(svg, scale=scale)
    return png


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


def _numbered(svg: str) -> str:
    """Return an SVG whose ids are numbered from 1: Vega counts on from one chart to the next."""
    for number, name in enumerate(dict.fromkeys(_ID.findall(svg)), 1):
        svg = re.sub(rf'(\bid="|url\(#|href="#){re.escape(name)}(?=[")])', rf"\g<1>i{number}", svg)
    return svg


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
