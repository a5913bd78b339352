from django.urls import URLPattern, path

from clients.consent import views

urlpatterns: list[URLPattern] = [
    path("clients/<uuid:client_id>/try-address-again/", views.bounce_try_again, name="bounce_try_again"),
]
