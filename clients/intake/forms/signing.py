"""The last page of an intake: what is agreed to, and who signs. Nothing of it is preselected."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clients.intake.submit import REQUIRED_CONSENTS, Signature
from clients.record.models import Consent
from clients.roster.models import Client
from clients.screening.guardianship import is_same_mailbox, is_same_name
from practice.mail.suppression import undeliverable

Purpose = Consent.Purpose

#: What a client agrees to, word for word; kept with each consent.
CONSENT_WORDING = {
    Purpose.HEALTH_DATA: gettext_lazy(
        "I agree that %(practice)s keeps my health answers and checks them against its safety rules, so that "
        "my therapist can plan a routine. I can take this back at any time."
    ),
    Purpose.HOME_ROUTINE: gettext_lazy(
        "I understand that a home routine is relaxation and self-care, not medical treatment or diagnosis. I follow "
        "it at my own pace, and stop and tell my therapist when something hurts or my health changes."
    ),
    Purpose.REMINDERS: gettext_lazy("Please e-mail me when a routine is due. (You can stop these at any time.)"),
}
MUST_AGREE = {
    Purpose.HEALTH_DATA: gettext_lazy("Without this we may not keep your answers, so nothing can be sent."),
    Purpose.HOME_ROUTINE: gettext_lazy("Without this we cannot prepare a routine for you."),
}


class SigningForm(forms.Form):
    """The form to sign. `guardian_signs`: the client is a minor, so a parent or guardian has to."""

    health_data = forms.BooleanField(required=False)
    home_routine = forms.BooleanField(required=False)
    reminders = forms.BooleanField(required=False)
    signed_as = forms.ChoiceField(
        choices=[
            ("client", gettext_lazy("I am the client")),
            ("guardian", gettext_lazy("I am the client's parent or guardian")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Please say who signs.")},
    )
    signed_name = forms.CharField(
        max_length=200, required=False, label=gettext_lazy("Your full name, as your signature")
    )
    guardian_email = forms.EmailField(
        required=False,
        label=gettext_lazy("Your own e-mail address, as the parent or guardian"),
        help_text=gettext_lazy("A copy of what you sign goes there."),
    )
    signed_on = forms.DateField(
        required=False,
        label=gettext_lazy("Today's date"),
        widget=forms.DateInput(attrs={"type": "date", "class": "form-control"}, format="%Y-%m-%d"),
        input_formats=["%Y-%m-%d"],
    )
    revision = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: object, client: Client, today: date, guardian_signs: bool, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.client, self.today, self.guardian_signs = client, today, guardian_signs
        named = {"practice": client.practice.name}
        self.wording = {purpose: str(words) % named for purpose, words in CONSENT_WORDING.items()}
        self.fields["signed_on"].initial = today

    def clean_signed_name(self) -> str:
        name = " ".join(self.cleaned_data["signed_name"].split())
        if sum(letter.isalpha() for letter in name) < 2:
            raise forms.ValidationError(_("Please type your full name. It is your signature."))
        return name

    def clean_signed_on(self) -> date:
        day: date | None = self.cleaned_data["signed_on"]
        if day is None:
            raise forms.ValidationError(_("Please give today's date."))
        if day != self.today:
            raise forms.ValidationError(_("A signature carries the date of the day on which it is given: today's."))
        return day

    def clean_signed_as(self) -> str:
        role: str = self.cleaned_data["signed_as"]
        if self.guardian_signs and role != "guardian":
            raise forms.ValidationError(_("For someone of this age a parent or guardian has to sign."))
        return role

    def clean_guardian_email(self) -> str:
        return str(self.cleaned_data["guardian_email"]).lower()

    def clean(self) -> dict[str, object]:
        for purpose in REQUIRED_CONSENTS:
            if not self.cleaned_data.get(purpose):
                self.add_error(purpose, str(MUST_AGREE[purpose]))
        if self.cleaned_data.get("signed_as") == "guardian":
            self._check_guardian(self.cleaned_data)
        else:
            self.cleaned_data["guardian_email"] = ""
        return self.cleaned_data

    def _check_guardian(self, given: dict[str, Any]) -> None:
        """A name and an address of their own: a child that types its own has not asked anybody."""
        if is_same_name(given.get("signed_name") or "", self.client.name):
            self.add_error(
                "signed_name",
                _(
                    "This is the client's name. A parent or guardian signs with their own full name. If you share one, "
                    "put “senior”, “mother” or “father” behind it."
                ),
            )
        if (email := given.get("guardian_email")) is None:
            return
        if not email:
            self.add_error("guardian_email", _("Please give an e-mail address of your own. Your copy goes there."))
        elif is_same_mailbox(email, self.client.email):
            self.add_error(
                "guardian_email",
                _("This is the client's address. Your copy goes to you, so please give an address of your own."),
            )
        elif undeliverable([email]):
            self.add_error(
                "guardian_email",
                _("Mail to this address came back to us before. Please give another one, or ask the practice."),
            )

    @property
    def consent_rows(self) -> list[dict[str, object]]:
        return [
            {"field": self[purpose], "wording": words, "required": purpose in REQUIRED_CONSENTS}
            for purpose, words in self.wording.items()
        ]

    @property
    def consents(self) -> dict[str, str]:
        """Purpose -> wording, of what was ticked."""
        return {str(purpose): words for purpose, words in self.wording.items() if self.cleaned_data.get(purpose)}

    @property
    def signature(self) -> Signature:
        given = self.cleaned_data
        return Signature(
            given["signed_name"],
            given["signed_on"],
            as_guardian=given["signed_as"] == "guardian",
            email=given["guardian_email"],
        )
