import os

from django.core.exceptions import ImproperlyConfigured
from django.core.wsgi import get_wsgi_application

from practice.core.startup_errors import refuse

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "practice.settings")
try:
    application = get_wsgi_application()
except ImproperlyConfigured as fault:
    refuse(fault, code=3)  # by which gunicorn knows that trying again is useless
