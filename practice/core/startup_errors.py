"""How every entry point refuses to start: with a sentence in place of a traceback."""

import sys
from typing import NoReturn


def refuse(why: object, *, code: int = 1) -> NoReturn:
    sys.stderr.write(f"Sole Practice cannot start.\n{why}\n")
    sys.exit(code)
