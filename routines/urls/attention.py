from django.urls import path

from routines.views import attention

urlpatterns = [
    path("today/", attention.attention_today, name="attention_today"),
    path("today/<slug:section>/", attention.attention_all, name="attention_all"),
]
