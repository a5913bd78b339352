"""Two people, or two tabs, change one record: the second meets the newer values and loses nothing."""

from typing import Any, cast

from django import forms
from django.utils.datastructures import MultiValueDict
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _


class RevisionForm(forms.Form):
    """Carries the number of the revision that the person saw."""

    revision = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    def meet_newer(self, saved: Any) -> None:
        """Keep what was typed; the saved value stands beside each field that differs. Saving again keeps the typed."""
        posted = MultiValueDict(dict(cast(MultiValueDict, self.data).lists()))
        posted[self.add_prefix("revision")] = str(saved.revision)
        self.data = posted
        self.add_error(
            None,
            _(
                "Someone changed this record while you had it open. What you typed is still here; "
                "where the saved value differs, it stands beside the field. Save again to keep yours."
            ),
        )
        for name, typed in list(self.cleaned_data.items()):
            now = getattr(saved, name, None)
            if name != "revision" and now != typed:
                shown = dict(getattr(self.fields[name], "choices", ())).get(now, now)
                self.add_error(
                    name,
                    _("Saved in the meantime: %(value)s")
                    % {"value": Truncator(str(shown if shown not in (None, "") else _("(empty)"))).chars(200)},
                )
