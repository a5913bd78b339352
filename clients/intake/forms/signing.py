"""The last page of an intake: what is agreed to, and who signs."""

from datetime import date

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clients.intake.submit import REQUIRED_CONSENTS, Signature
from clients.record.models import Consent

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
    """`guardian_signs`: the person is under the practice's age of consent, so a parent or guardian has to sign."""

    health_data = forms.BooleanField(required=False)
    home_routine = forms.BooleanField(required=False)
    reminders = forms.BooleanField(required=False)
    signed_as = forms.ChoiceField(
        choices=[
            ("client", gettext_lazy("I am the client")),
            ("guardian", gettext_lazy("I am the client's parent or guardian")),
        ],
        widget=forms.RadioSelect,
        initial="client",
    )
    signed_name = forms.CharField(
        max_length=200, required=False, label=gettext_lazy("Your full name, as your signature")
    )
    signed_on = forms.DateField(
        required=False,
        label=gettext_lazy("Today's date"),
        widget=forms.DateInput(attrs={"type": "date", "class": "form-control"}, format="%Y-%m-%d"),
        input_formats=["%Y-%m-%d"],
    )
    revision = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: object, practice_name: str, today: date, guardian_signs: bool, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.today, self.guardian_signs = today, guardian_signs
        self.wording = {purpose: str(words) % {"practice": practice_name} for purpose, words in CONSENT_WORDING.items()}
        self.fields["signed_on"].initial = today
        if guardian_signs:
            self.fields["signed_as"].initial = "guardian"

    def clean_signed_name(self) -> str:
        name = " ".join(self.cleaned_data["signed_name"].split())
        if sum(letter.isalpha() for letter in name) < 2:
            raise forms.ValidationError(_("Please type your full name. It is your signature."))
        return name

    def clean_signed_on(self) -> date:
        day = self.cleaned_data["signed_on"]
        if day is None:
            raise forms.ValidationError(_("Please give today's date."))
        if day != self.today:
            raise forms.ValidationError(_("A signature carries the date of the day on which it is given: today's."))
        return day

    def clean_signed_as(self) -> str:
        if self.guardian_signs and self.cleaned_data["signed_as"] != "guardian":
            raise forms.ValidationError(_("For someone of this age a parent or guardian has to sign."))
        return self.cleaned_data["signed_as"]

    def clean(self) -> dict[str, object]:
        for purpose in REQUIRED_CONSENTS:
            if not self.cleaned_data.get(purpose):
                self.add_error(purpose, str(MUST_AGREE[purpose]))
        return self.cleaned_data

    @property
    def consent_rows(self) -> list[dict[str, object]]:
        return [
            {"field": self[purpose], "wording": words, "required": purpose in REQUIRED_CONSENTS}
            for purpose, words in self.wording.items()
        ]

    @property
    def consents(self) -> dict[str, str]:
        """Purpose -> wording of what was ticked."""
        return {str(purpose): words for purpose, words in self.wording.items() if self.cleaned_data.get(purpose)}

    @property
    def signature(self) -> Signature:
        given = self.cleaned_data
        return Signature(given["signed_name"], given["signed_on"], as_guardian=given["signed_as"] == "guardian")
