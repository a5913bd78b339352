from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from practice.core.forms.time_zone import TimeZoneField


class AccountForm(forms.Form):
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
    time_zone = TimeZoneField(help_text=_("Reminders follow these clocks. Type a city and choose from the list."))
