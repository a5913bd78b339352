from django.contrib import admin
from django.urls import include, path

from practice.views.home import home

urlpatterns = [
    path("", home, name="home"),
    path("accounts/", include("allauth.urls")),
    path("admin/", admin.site.urls),
    path("", include("practice.site_urls")),
    path("", include("clients.urls")),
    path("", include("routines.urls")),
]
