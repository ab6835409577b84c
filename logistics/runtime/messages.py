"""Messages on standard error."""

from __future__ import annotations

import sys
from contextlib import suppress


def tell(line: str) -> None:
    """Print a line, if there is a standard error."""
    with suppress(OSError, ValueError, AttributeError):
        sys.stderr.write(f"logistics: {line}\n")
        sys.stderr.flush()
