from django.urls import URLPattern, path

from clients.views import bounces

urlpatterns: list[URLPattern] = [
    path("clients/<uuid:client_id>/try-address-again/", bounces.bounce_try_again, name="bounce_try_again"),
]
