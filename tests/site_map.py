"""Every address of the site, read from the URL resolver, so that a new page cannot be forgotten by a test."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from django.urls import URLPattern, URLResolver, get_resolver

from practice.permissions.table import Access


class Page(NamedTuple):
    route: str
    name: str
    #: Names of the parts of the address that stand for something, in their order.
    parts: tuple[str, ...]
    access: Access | None
    view: Any

    @property
    def is_ours(self) -> bool:
        return self.access is not None

    @property
    def capability(self) -> str | None:
        return self.access.capability if self.access else None


def site_pages() -> list[Page]:
    seen: dict[str, Page] = {}
    for page in _walk(get_resolver().url_patterns):
        seen.setdefault(page.route, page)  # the first pattern of an address answers
    return list(seen.values())


def _walk(
    patterns: list[Any], route: str = "", namespaces: tuple[str, ...] = (), parts: tuple[str, ...] = ()
) -> Iterator[Page]:
    for pattern in patterns:
        here = route + str(pattern.pattern)
        names = (*parts, *_parts(pattern))
        if isinstance(pattern, URLResolver):
            deeper = (*namespaces, pattern.namespace) if pattern.namespace else namespaces
            yield from _walk(pattern.url_patterns, here, deeper, names)
        else:
            name = ":".join((*namespaces, pattern.name)) if pattern.name else ""
            yield Page(here, name, names, getattr(pattern.callback, "access", None), pattern.callback)


def _parts(pattern: URLPattern | URLResolver) -> tuple[str, ...]:
    named = getattr(pattern.pattern, "converters", None) or pattern.pattern.regex.groupindex
    return tuple(named)
