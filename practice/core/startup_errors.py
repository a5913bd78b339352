"""How every door of the site refuses to open: in words, without pages of traceback."""

import sys
from typing import NoReturn


def refuse(why: object, *, code: int = 1) -> NoReturn:
    sys.stderr.write(f"Sole Practice cannot start.\n{why}\n")
    sys.exit(code)
