import os
from typing import Any

from celery import Celery
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from practice.starting import refuse

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "practice.settings")

app = Celery("sole-practice")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@app.on_configure.connect
def check_settings(**kwargs: Any) -> None:
    try:
        settings.configured or settings.SECRET_KEY  # noqa: B018 - reading one loads them all
    except ImproperlyConfigured as fault:
        refuse(fault)
