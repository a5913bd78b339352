"""A fault of ours is met by a page of ours, also when the static files were never collected."""

import sys
from types import SimpleNamespace

import pytest
from django.conf import settings as site_settings
from django.test import Client as Browser
from django.urls import path

from practice.urls import urlpatterns as site_patterns


def fails(request) -> None:
    raise RuntimeError("secret words")


@pytest.fixture
def broken(settings, monkeypatch) -> Browser:
    site = SimpleNamespace(
        urlpatterns=[path("fails/", fails), *site_patterns], handler500="practice.site.views.server_error.server_error"
    )
    monkeypatch.setitem(sys.modules, "broken_site", site)
    settings.ROOT_URLCONF = "broken_site"
    return Browser(raise_request_exception=False)


@pytest.mark.django_db
def test_a_fault_is_met_by_our_page(broken) -> None:
    answer = broken.get("/fails/")
    assert answer.status_code == 500
    page = answer.content.decode()
    assert "Something went wrong on our side" in page
    assert "brand" in page
    assert "secret words" not in page


@pytest.mark.django_db
def test_also_without_the_manifest_of_static_files(broken, settings, tmp_path) -> None:
    settings.STATIC_ROOT = tmp_path
    manifest = "whitenoise.storage.CompressedManifestStaticFilesStorage"
    settings.STORAGES = {**site_settings.STORAGES, "staticfiles": {"BACKEND": manifest}}
    answer = broken.get("/fails/")
    assert answer.status_code == 500
    page = answer.content.decode()
    assert "Something went wrong on our side" in page
    assert "brand" not in page, "this test should have met the bare page"
