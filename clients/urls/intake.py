from django.urls import URLPattern, path

from clients.views import intake, intake_sign

urlpatterns: list[URLPattern] = [
    path("intake/", intake.intake_begin, name="intake_begin"),
    path("intake/<int:number>/", intake.intake_section, name="intake_section"),
    path("intake/stop/", intake.intake_stop, name="intake_stop"),
    path("intake/review/", intake_sign.intake_review, name="intake_review"),
    path("intake/done/", intake_sign.intake_done, name="intake_done"),
    path("intakes/<uuid:intake_id>/", intake_sign.intake_read, name="intake_read"),
    path("me/intake/", intake.intake_own, name="intake_own"),
]
