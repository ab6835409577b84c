"""A folder for compiled code where neither the installation nor the home can be written."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from multiprocessing import parent_process

from logistics.runtime.messages import tell

VARIABLE = "NUMBA_CACHE_DIR"
_PREFIX = "logistics-compiled-"
_SAID = (
    "no writable folder for compiled code, so it goes to a temporary one and compiling takes a"
    f" minute each time; set {VARIABLE} to a writable folder"
)


def use_temporary_cache() -> bool:
    """Let compiled code go to a folder that ends with this process; its workers share it.

    What lies there is run, so nobody else may write it: never a fixed name in a folder for all.
    Returns False where no folder can be made either.
    """
    try:
        folder = tempfile.mkdtemp(prefix=_PREFIX)  # for this user only
    except OSError:
        return False
    os.environ[VARIABLE] = folder
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    if parent_process() is None:
        tell(_SAID)
    return True


def clear_temporary_cache() -> None:
    """Take the folder away that a parent made which cannot do so any more."""
    folder = os.environ.get(VARIABLE, "")
    if os.path.basename(folder).startswith(_PREFIX):
        shutil.rmtree(folder, ignore_errors=True)
