"""Where the servers of the tests keep their data."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

from invoicing.warehouse import embedded

_MEMORY = Path("/dev/shm")
_ROOM = 2 * 1024**3


def server_home(name: str) -> Path:
    """In memory where there is room, since nearly every test copies a database; and where root's system user can go."""
    if _MEMORY.is_dir() and shutil.disk_usage(_MEMORY).free > _ROOM:
        parent = _MEMORY
    else:
        parent = embedded.SYSTEM_ROOT if os.geteuid() == 0 else Path(tempfile.gettempdir())
    return parent / f"invoicing-{os.getpid()}-{name}"
