"""Secrets that a demo or a developer's machine makes for itself, kept in files only the owner can read."""

import base64
import os
import secrets
from pathlib import Path


def kept_secret(path: Path) -> str:
    """Text of `path`, made on first use; two processes starting at once agree on one value."""
    return _kept(path, lambda: secrets.token_urlsafe(50))


def kept_health_keys(path: Path) -> str:
    return _kept(path, new_health_key)


def new_health_key(key_id: str = "k1") -> str:
    """`id:key`, the key being 32 random bytes in URL-safe base64 (AES-256)."""
    return f"{key_id}:{base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()}"


def _kept(path: Path, make) -> str:
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        draft = path.with_name(f"{path.name}.{os.getpid()}")
        draft.touch(mode=0o600)
        draft.write_text(make())
        try:
            os.link(draft, path)  # refuses when another process was first
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_text().strip()
