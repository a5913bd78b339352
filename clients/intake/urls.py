from django.urls import URLPattern, path

from clients.intake.views import sections, sign

urlpatterns: list[URLPattern] = [
    path("intake/", sections.intake_begin, name="intake_begin"),
    path("intake/<int:number>/", sections.intake_section, name="intake_section"),
    path("intake/<int:number>/<int:place>/", sections.intake_screen, name="intake_screen"),
    path("intake/stop/", sections.intake_stop, name="intake_stop"),
    path("intake/review/", sign.intake_review, name="intake_review"),
    path("intake/done/", sign.intake_done, name="intake_done"),
    path("intakes/<uuid:intake_id>/", sign.intake_read, name="intake_read"),
    path("intakes/<uuid:intake_id>/copy/", sign.intake_copy, name="intake_copy"),
    path("me/intake/", sections.intake_own, name="intake_own"),
]
