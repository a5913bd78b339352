from django.urls import URLPattern, path

from clients.follow_up import views

urlpatterns: list[URLPattern] = [
    path("clients/<uuid:client_id>/follow-up/", views.follow_up_add, name="follow_up_add"),
    path("clients/<uuid:client_id>/ask-again/", views.follow_up_ask_again, name="follow_up_ask_again"),
]
