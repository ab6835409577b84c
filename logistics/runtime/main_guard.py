"""Whether a script may start processes, each of which runs the script's top level again."""

from __future__ import annotations

import ast
import sys
from functools import cache
from pathlib import Path
from types import FrameType


def is_unguarded_script() -> bool:
    """Tell whether the main script is calling this outside `if __name__ == "__main__":`.

    False in an interpreter, a notebook, or a thread, and for `python -m package`: there a new
    process does not run the caller again.
    """
    main = sys.modules["__main__"]
    file, spec = getattr(main, "__file__", None), getattr(main, "__spec__", None)
    if file is None or (spec is not None and spec.name.split(".")[-1] == "__main__"):
        return False
    frame: FrameType | None = sys._getframe()
    while frame is not None:
        if frame.f_globals is vars(main) and frame.f_code.co_name == "<module>":
            line = frame.f_lineno
            return not any(first <= line <= last for first, last in _guarded_lines(file))
        frame = frame.f_back
    return False


@cache
def _guarded_lines(file: str) -> tuple[tuple[int, int], ...]:
    """Return the first and last line of each main guard; the whole file if it is no source."""
    try:
        tree = ast.parse(Path(file).read_bytes())
    except (OSError, SyntaxError, ValueError):
        return ((0, sys.maxsize),)
    tests = [one for one in tree.body if isinstance(one, ast.If) and _asks_for_main(one.test)]
    return tuple((one.lineno, one.end_lineno or one.lineno) for one in tests)


def _asks_for_main(test: ast.expr) -> bool:
    names = {one.id for one in ast.walk(test) if isinstance(one, ast.Name)}
    texts = {one.value for one in ast.walk(test) if isinstance(one, ast.Constant)}
    return "__name__" in names and "__main__" in texts
