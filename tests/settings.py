"""The site's settings with a fast hasher, memory mail and plain static files. The database comes from DATABASE_URL."""

import os
import tempfile

from tests.temporary_folder import use_own_temporary_folder

use_own_temporary_folder()
os.environ.setdefault("DEBUG", "0")
os.environ.setdefault("DEMO", "1")
if "DATA_DIR" not in os.environ:
    os.environ["DATA_DIR"] = tempfile.mkdtemp(prefix="data-")
os.environ.setdefault("EMAIL_URL", "memorymail://")
os.environ.setdefault("SITE_URL", "http://testserver")

from practice.settings import *  # noqa: E402, F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}  # noqa: F405
CELERY_TASK_ALWAYS_EAGER = False
STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # noqa: F405 - WhiteNoise warns without it
if os.environ.get("TEST_DATABASE_IN_FILE"):
    # Pages in a real browser ask from several threads; SQLite in memory answers those with "table is locked".
    DATABASES["default"]["TEST"] = {"NAME": str(DATA_DIR / "tests.sqlite3")}  # noqa: F405
