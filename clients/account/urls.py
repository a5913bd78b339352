from django.urls import URLPattern, path

from clients.account import views

urlpatterns: list[URLPattern] = [
    path("me/account/", views.portal_account, name="portal_account"),
    path("me/account/<uuid:client_id>/<slug:purpose>/withdraw/", views.portal_withdraw, name="portal_withdraw"),
    path("me/account/<uuid:client_id>/<slug:purpose>/again/", views.portal_consent_again, name="portal_consent_again"),
]
