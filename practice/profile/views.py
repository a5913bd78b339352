from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from practice.permissions.table import needs
from practice.profile.change import PracticeChanged, change_practice
from practice.profile.forms import ProfileForm
from practice.tenancy.requests import PracticeRequest


@needs("practice.edit")
def settings_edit(request: PracticeRequest) -> HttpResponse:
    form = ProfileForm(request.POST or None, practice=request.practice)
    if request.method == "POST" and form.is_valid():
        try:
            change_practice(request.practice, by=request.member, at=timezone.now(), **form.cleaned_data)
        except PracticeChanged as refusal:
            form.meet_newer(refusal.practice)
        else:
            messages.success(request, _("The practice's settings are saved."))
            for warning in form.wording:
                messages.warning(request, warning)
            return redirect("practice:settings_edit")
    return render(request, "practice/profile/edit.html", {"form": form})
