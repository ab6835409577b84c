"""A line to whoever runs this, beside the results."""

from __future__ import annotations

import sys
from contextlib import suppress


def tell(line: str) -> None:
    """Print a line on standard error, if there is one."""
    with suppress(OSError, ValueError, AttributeError):
        sys.stderr.write(f"logistics: {line}\n")
        sys.stderr.flush()
