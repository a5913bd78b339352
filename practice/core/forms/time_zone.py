"""A time zone, typed or chosen from the list that the browser searches."""

import zoneinfo
from functools import lru_cache

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _


@lru_cache(maxsize=1)
def time_zones() -> tuple[str, ...]:
    """Zones named after places, and UTC. The rest of the database are old spellings and fixed offsets."""
    places = {
        name
        for name in zoneinfo.available_timezones()
        if "/" in name and not name.startswith(("Etc/", "SystemV/", "US/"))
    }
    return (*sorted(places), "UTC")


@lru_cache(maxsize=1)
def _spellings() -> dict[str, str]:
    """Folded full names, and folded place names where only one zone has them ("berlin")."""
    found: dict[str, str] = {}
    doubled = set()
    for name in time_zones():
        place = name.rpartition("/")[2].casefold()
        if place in found:
            doubled.add(place)
        found[place] = name
    for place in doubled:
        del found[place]
    return found | {name.casefold(): name for name in time_zones()}


class TimeZoneInput(forms.TextInput):
    template_name = "practice/forms/time_zone.html"

    def get_context(self, name: str, value: object, attrs: dict | None) -> dict:
        context = super().get_context(name, value, attrs)
        widget = context["widget"]
        widget["list_id"] = f"{widget['attrs'].get('id', name)}_zones"
        widget["attrs"] |= {"list": widget["list_id"], "autocomplete": "off", "spellcheck": "false"}
        widget["zones"] = time_zones()
        return context


class TimeZoneField(forms.CharField):
    """Forgives case, blanks and a bare place name; refuses what does not exist with words that help."""

    widget = TimeZoneInput

    def __init__(self, **kwargs: object) -> None:
        kwargs.setdefault("label", _("Time zone"))
        kwargs.setdefault("help_text", _("Type a city, such as London, and choose from the list."))
        super().__init__(max_length=64, **kwargs)  # type: ignore[arg-type]

    def clean(self, value: object) -> str:
        typed = super().clean(value)
        found = _spellings().get("_".join(typed.split()).casefold())
        if found is None and typed in zoneinfo.available_timezones():
            found = typed  # an older spelling that is already saved
        if found is None and typed:
            raise ValidationError(
                _("There is no time zone called “%(name)s”. Choose one such as Europe/London."),
                params={"name": typed},
                code="unknown",
            )
        return found or ""
