"""An option: `--failed-attempts 10%` on the command line, `failed_attempts=` in `compare()`."""

from __future__ import annotations

from logistics.options import COMPARE, OPTIONS, Option

OPTIONS.append(
    Option(
        name="failed_attempts",
        type=str,
        help="Share of delivery attempts that fail, such as 10%.",
        places=("compare", "run", COMPARE),
        unset="as the scenario says",
        field="risks.failed_attempt",
    )
)
