import os
import sys

from django.core.exceptions import ImproperlyConfigured
from django.core.wsgi import get_wsgi_application

#: The exit code by which gunicorn knows that trying again is useless.
BOOT_FAILED = 3

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "practice.settings")
try:
    application = get_wsgi_application()
except ImproperlyConfigured as fault:
    sys.stderr.write(f"Sole Practice cannot start.\n{fault}\n")
    sys.exit(BOOT_FAILED)
