"""Makes `benchmarks` importable: they are not installed with the packages."""

import sys
from pathlib import Path

# Last on the path: the packages under test are the installed ones, not those of the checkout.
sys.path.append(str(Path(__file__).parents[1]))
