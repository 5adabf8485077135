"""Keeps a second process (or a second log in this one) off the same files."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

from clearing.errors import Rejected


class FolderLock:
    """An advisory lock on a file; the system lets go of it when the process ends, however."""

    def __init__(self, path: Path) -> None:
        """Take the lock. Raises ``Rejected`` (``data_in_use``) when somebody holds it."""
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            os.close(descriptor)
            raise Rejected(
                "data_in_use",
                f"Another process is using the data in {path.parent}. "
                "Stop it, or use another data folder.",
                f"数据目录 {path.parent} 正被其他进程使用，请先停止该进程或更换目录。",
            ) from error
        except BaseException:
            os.close(descriptor)
            raise
        self._descriptor = descriptor

    def release(self) -> None:
        """Let go of the lock. The file stays: removing it would let two processes in."""
        os.close(self._descriptor)
