from django.urls import URLPattern, path

from routines.views import catalog

urlpatterns: list[URLPattern] = [
    path("catalog/", catalog.catalog_index, name="catalog_index"),
    path("catalog/reference/", catalog.catalog_reference, name="catalog_reference"),
    path("catalog/zones/<slug:slug>/", catalog.catalog_zone, name="catalog_zone"),
    path("catalog/techniques/<slug:slug>/", catalog.catalog_technique, name="catalog_technique"),
    path("catalog/protocols/<slug:slug>/", catalog.catalog_protocol, name="catalog_protocol"),
]
