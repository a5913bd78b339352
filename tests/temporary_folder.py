"""One folder for all that a test run leaves, taken away at its end."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

PREFIX = "sp-tests-"


def use_own_temporary_folder() -> None:
    """For this process and those that it starts, also for what killed ones leave (Celery's pools: `pymp-*`).

    The process that made the folder takes it away; called again, or further down, this does nothing.
    """
    if Path(tempfile.gettempdir()).name.startswith(PREFIX):
        return
    folder, maker = tempfile.mkdtemp(prefix=PREFIX), os.getpid()
    os.environ["TMPDIR"], tempfile.tempdir = folder, folder
    atexit.register(lambda: os.getpid() == maker and shutil.rmtree(folder, ignore_errors=True))
