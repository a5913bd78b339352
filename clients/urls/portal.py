from django.urls import URLPattern, path

from clients.views import account

urlpatterns: list[URLPattern] = [
    path("me/account/", account.portal_account, name="portal_account"),
    path("me/account/<uuid:client_id>/<slug:purpose>/withdraw/", account.portal_withdraw, name="portal_withdraw"),
    path(
        "me/account/<uuid:client_id>/<slug:purpose>/again/", account.portal_consent_again, name="portal_consent_again"
    ),
]
