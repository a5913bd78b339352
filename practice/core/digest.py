"""Telling documents apart by their content."""

import hashlib
import json
from typing import Any


def digest_of(document: Any) -> str:
    """SHA-256 of a JSON document in hexadecimal, the same whatever the order of its keys."""
    text = json.dumps(document, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
