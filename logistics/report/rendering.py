"""Vega-Lite and SVG become SVG and PNG: here, or in a process of its own.

The library that draws ends its whole process where it cannot reserve the memory it wants, also
gigabytes that it would never use. So what is not to be lost is drawn by `rendered_apart`, which
runs this module as a program: it imports nothing else, and may end as it likes.
"""

from __future__ import annotations

import base64
import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from subprocess import PIPE
from typing import Any

from logistics.errors import WorkerError

Plain = str | dict[str, Any]
"""A picture to be drawn: SVG, or a chart in Vega-Lite."""

_LIBRARY = "library"  # asked for instead of pictures
_PNG_WIDTH = 1400  # pixels
_ID = re.compile(r'\bid="([^"]*)"')
_LABELLED = re.compile(r'<(path|text)\b([^<>]*?)\baria-label="([^"]*)"([^<>]*?)/>')
_SIZE = re.compile(r'<svg[^>]*?\bwidth="([0-9.]+)"')


def svg_of_chart(chart: dict[str, Any]) -> str:
    """Return the SVG of a chart; what its marks say is shown as their tooltips."""
    import vl_convert  # noqa: PLC0415  (45 MB, and memory for an engine of JavaScript)

    drawn = _numbered(vl_convert.vegalite_to_svg(chart))
    return _LABELLED.sub(r'<\1\2aria-label="\3"\4><title>\3</title></\1>', drawn)


def png_of(svg: str) -> bytes:
    """Return an SVG as PNG, 1400 pixels wide."""
    import vl_convert  # noqa: PLC0415

    found = _SIZE.search(svg)
    scale = _PNG_WIDTH / float(found[1]) if found else 2.0
    png: bytes = vl_convert.svg_to_png(svg, scale=scale)
    return png


def rendered_apart(pictures: Sequence[Plain]) -> list[tuple[str, bytes]]:
    """Return each picture as SVG and as PNG, drawn in a process of its own.

    Raises WorkerError if that process ends before all are drawn.
    """
    code, answers, errors = _program(json.dumps(list(pictures)).encode())
    lines = answers.splitlines()
    if code or len(lines) < len(pictures):
        raise WorkerError(f"the drawing process {_ending(code, errors)}")
    return [(svg, base64.b64decode(png)) for svg, png in map(json.loads, lines)]


def library_apart() -> str:
    """Return the script that draws Vega-Lite in a browser, read in a process of its own.

    Raises WorkerError if that process ends before.
    """
    code, answer, errors = _program(json.dumps(_LIBRARY).encode())
    if code or not answer:
        raise WorkerError(f"the drawing process {_ending(code, errors)}")
    library: str = json.loads(answer)
    return library


def _program(asked: bytes) -> tuple[int, bytes, bytes]:
    """Run this module as a program; return its exit code, output and errors.

    It ends with this process's interest in it: an interruption ends both.
    """
    # -P: the folder it is started in is no place to import from
    command = [sys.executable, "-P", "-m", "logistics.report.rendering"]
    home = str(Path(__file__).parents[2])
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([*filter(None, sys.path), home])}
    try:
        process = subprocess.Popen(command, stdin=PIPE, stdout=PIPE, stderr=PIPE, env=environment)
    except OSError as error:
        raise WorkerError(f"no process to draw in could be started: {error.strerror}") from None
    with process:
        try:
            answers, errors = process.communicate(asked)
        except BaseException:
            process.kill()
            process.wait()
            raise
    return process.returncode, answers, errors


def _ending(code: int, errors: bytes) -> str:
    """Say how a process ended that should not have."""
    if code < 0:
        return f"ended with signal {-code} ({signal.Signals(-code).name})"
    *_, last = ["no reason given", *errors.decode(errors="replace").split("\n")[:-1]]
    return f"failed: {last}"


def _numbered(svg: str) -> str:
    """Return an SVG whose ids are numbered from 1: Vega counts on from one chart to the next."""
    for number, name in enumerate(dict.fromkeys(_ID.findall(svg)), 1):
        svg = re.sub(rf'(\bid="|url\(#|href="#){re.escape(name)}(?=[")])', rf"\g<1>i{number}", svg)
    return svg


def _library() -> str:
    import vl_convert  # noqa: PLC0415

    bundle: Any = vl_convert.javascript_bundle  # its types ask for code that it does not need
    return str(bundle())


def _main() -> None:
    """Draw the pictures on standard input; answer each in a line of standard output."""
    asked = json.load(sys.stdin)
    with os.fdopen(os.dup(1), "w") as answers:
        os.dup2(2, 1)  # whatever the library prints is no answer
        if asked == _LIBRARY:
            print(json.dumps(_library()), file=answers)
            return
        for one in asked:
            try:
                svg = one if isinstance(one, str) else svg_of_chart(one)
                png = png_of(svg)
            except Exception as error:
                reason = str(error).partition("\n")[0]
                sys.exit(f"{type(error).__name__}: {reason}")
            print(json.dumps((svg, base64.b64encode(png).decode())), file=answers)


if __name__ == "__main__":
    _main()
