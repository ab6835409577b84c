"""The benchmarks are not installed; the packages under test are, and come first.

Child processes find the tiny worlds too.
"""

import os
import sys
from pathlib import Path

HERE = Path(__file__).parent

sys.path.append(str(HERE.parent))
os.environ["PYTHONPATH"] = os.pathsep.join(
    filter(None, (os.environ.get("PYTHONPATH"), str(HERE / "worlds")))
)
