"""The templates of mails, templates/emails/: Jinja2, since a mail in Django's templates costs more than sending it.

HTML is escaped, plain text is not, so that “R & B” stays as it is. A name that the context lacks is an error: a mail
with a hole in it does not leave.
"""

import gettext
from collections.abc import Iterator
from functools import cache

from django.conf import settings
from django.utils.translation import get_language, to_locale
from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template, select_autoescape
from jinja2.ext import Extension
from jinja2.lexer import Token, TokenStream

FOLDERS = [settings.BASE_DIR / "templates" / "emails"]


def template(name: str) -> Template:
    """`name` below templates/emails/, in the active language. Raises jinja2.TemplateNotFound."""
    return _engine(get_language()).get_template(name)


@cache
def _engine(language: str | None) -> Environment:
    env = Environment(
        loader=FileSystemLoader(FOLDERS),
        autoescape=select_autoescape(["html"], default=False),
        undefined=StrictUndefined,
        extensions=[Said],
        auto_reload=settings.DEBUG,
    )
    env.filters["cut"] = one_line
    return env


@cache
def _catalogue(language: str | None) -> gettext.NullTranslations:
    """Of the domain `emails`, which is whole in each language, while the pages are still in English; `make messages`.

    A regional language falls back to its own, any other to English.
    """
    locale = to_locale(language or settings.LANGUAGE_CODE)
    return gettext.translation("emails", settings.LOCALE_PATHS[0], languages=[locale], fallback=True)


class Said(Extension):
    r"""`_("…")` becomes the words of the language while the template is compiled.

    Jinja's own extension asks gettext anew for each of a mail's sentences: half of what writing a mail then costs.
    """

    def filter_stream(self, stream: TokenStream) -> Iterator[Token]:
        for token in stream:
            if token.type == "name" and token.value == "_" and stream.current.type == "lparen":
                next(stream)
                text = stream.expect("string")
                stream.expect("rparen")
                yield Token(text.lineno, "string", _catalogue(get_language()).gettext(text.value))
            else:
                yield token


def one_line(text: str, longest: int) -> str:
    """Safe in a header: no line ends or other control characters, and never endless."""
    if not text.isprintable():
        text = "".join(letter if letter.isprintable() else " " for letter in text)
    line = " ".join(text.split())
    return line if len(line) <= longest else line[: longest - 1].rstrip() + "…"
