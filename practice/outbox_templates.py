"""The engine of templates/emails/: Jinja2, since a batch of mails in Django's templates costs more than sending it.

HTML is escaped, plain text is not, so that “R & B” stays as it is. A name that the context lacks is an error: a mail
with a hole in it does not leave.
"""

from functools import cache
from typing import Any

from django.utils.translation import get_language, gettext
from jinja2 import Environment, StrictUndefined, select_autoescape


def environment(**options: Any) -> Environment:
    """For TEMPLATES. `_` is gettext, so makemessages finds what is said; `cut` shortens to one line of a length."""
    env = Environment(
        **{**options, "autoescape": select_autoescape(["html"], default=False), "undefined": StrictUndefined}
    )
    env.globals["_"] = _said
    env.filters["cut"] = one_line
    return env


def _said(text: str) -> str:
    return _said_in(get_language(), text)


@cache
def _said_in(language: str | None, text: str) -> str:
    """Kept, because gettext asks one catalogue after the other and a mail says the same few sentences."""
    return gettext(text)


def one_line(text: str, longest: int) -> str:
    """Safe in a header: no line ends or other control characters, and never endless."""
    line = " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())
    return line if len(line) <= longest else line[: longest - 1].rstrip() + "…"
