from django.urls import URLPattern, path

from practice.site.views import metrics, styleguide

urlpatterns: list[URLPattern] = [
    path("demo/styleguide/", styleguide.styleguide, name="styleguide"),
    path("metrics/", metrics.site_metrics, name="metrics"),
]
