from django.urls import URLPattern, path

from routines.catalog import views

urlpatterns: list[URLPattern] = [
    path("catalog/", views.catalog_index, name="catalog_index"),
    path("catalog/reference/", views.catalog_reference, name="catalog_reference"),
    path("catalog/zones/<slug:slug>/", views.catalog_zone, name="catalog_zone"),
    path("catalog/techniques/<slug:slug>/", views.catalog_technique, name="catalog_technique"),
    path("catalog/protocols/<slug:slug>/", views.catalog_protocol, name="catalog_protocol"),
]
