from django.urls import URLPattern, path

from practice.audit import views

urlpatterns: list[URLPattern] = [
    path("audit/", views.audit_list, name="audit_list"),
]
