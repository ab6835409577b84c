"""The benchmarks are not installed; the packages under test are, and come first."""

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parent.parent))
