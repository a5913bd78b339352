from django.urls import URLPattern, path

from practice.staff.views import staff

urlpatterns: list[URLPattern] = [
    path("staff/", staff.staff_list, name="staff_list"),
    path("staff/invite/", staff.staff_invite, name="staff_invite"),
    path("staff/<uuid:member_id>/", staff.staff_edit, name="staff_edit"),
    path("staff/<uuid:member_id>/deactivate/", staff.staff_deactivate, name="staff_deactivate"),
    path("staff/<uuid:member_id>/reactivate/", staff.staff_reactivate, name="staff_reactivate"),
    path("seat/", staff.member_switch, name="member_switch"),
]
