"""An option: `--failed-attempts 10%` on the command line, `failed_attempts=` in `compare()`."""

from __future__ import annotations

import logistics
from logistics.options import OPTIONS, Option

OPTIONS["failed_attempts"] = Option(
    type=str,
    field="risks.failed_attempt",
    default="as the scenario says",
    help="Share of delivery attempts that fail, such as 10%.",
)

if __name__ == "__main__":
    result = logistics.compare(["amazon-fulfillment"], failed_attempts="10%", workers=1)
    print(result)
