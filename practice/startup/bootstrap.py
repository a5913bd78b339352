"""What has to be there before the site can answer. Every step looks first and does only what is missing."""

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from django.apps import apps
from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

Tell = Callable[[str], object]


class Starter(NamedTuple):
    """Starter data in a file or a folder, the command that loads it, and the model whose rows show that it was."""

    what: str
    command: str
    file: str
    model: str


#: Named by text, because the ground floor imports nothing from above. The questions name places of the catalog.
STARTERS = (
    Starter("zone catalog", "load_catalog", "routines/catalog/data/catalog.yaml", "routines.CatalogVersion"),
    # Before the questionnaire, which is held against them.
    Starter("screening cases", "load_cases", "routines/rules_workbench/data/cases", "routines.ScreeningCase"),
    Starter(
        "questionnaire", "load_screening", "clients/questionnaire/data/screening.yaml", "clients.QuestionnaireVersion"
    ),
)
DEMO_COMMAND = "make_demo"
#: Parts of Bootstrap and htmx that no page uses; compressing them would take most of a first start.
UNUSED_FILES = [
    "bootstrap/css/bootstrap-*",
    "bootstrap/css/bootstrap.css*",
    "bootstrap/css/bootstrap.rtl*",
    "bootstrap/js/bootstrap.js*",
    "bootstrap/js/bootstrap.min*",
    "bootstrap/js/bootstrap.bundle.js*",
    "bootstrap/js/bootstrap.esm*",
    "bootstrap/js/jquery*",
    "django_htmx/htm*-4*",
    "django_htmx/htmx-2.js",
    "django_htmx/ext/*",
]


def prepare(*, tell: Tell) -> None:
    make_tables(tell=tell)
    for starter in STARTERS:
        load(starter, tell=tell)
    make_demo(tell=tell)
    collect_files(tell=tell)


def make_tables(*, tell: Tell) -> None:
    if connection.vendor == "sqlite" and not connection.is_in_memory_db():  # type: ignore[attr-defined]
        database = Path(connection.settings_dict["NAME"])
        database.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        database.touch(mode=0o600)
        database.chmod(0o600)  # SQLite gives its journal the same mode
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if not plan:
        return
    tell(f"Database: {len(plan)} change{'s' if len(plan) > 1 else ''} to the tables …")
    call_command("migrate", interactive=False, verbosity=0)


def load(starter: Starter, *, tell: Tell) -> None:
    """Load the file when the database has none. A newer file is loaded in a demo; elsewhere people's edits stay."""
    path = settings.BASE_DIR / starter.file
    mark = settings.DATA_DIR / f"{starter.command}.digest"
    files = sorted(path.glob("*.yaml")) if path.is_dir() else [path]
    digest = hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()
    is_loaded = apps.get_model(starter.model)._default_manager.exists()
    is_newest = mark.exists() and mark.read_text() == digest
    if is_loaded and is_newest:
        return
    if is_loaded and not settings.DEMO:
        if mark.exists():
            tell(f"A newer {starter.what} came with this release: `manage.py {starter.command} {starter.file}`.")
        return
    tell(f"Loading the {starter.what} …")
    call_command(starter.command, str(path))
    mark.write_text(digest)


def make_demo(*, tell: Tell) -> None:
    """The demo practice, once, and only where DEMO is on and no practice has been made."""
    if not settings.DEMO or apps.get_model("practice.Practice")._default_manager.exists():
        return
    tell("Making the demo practice …")
    call_command(DEMO_COMMAND)


def collect_files(*, tell: Tell) -> None:
    """Collect, compress and name the static files anew when any of them changed."""
    found = hashlib.sha256()
    for finder in finders.get_finders():
        for name, storage in sorted(finder.list(UNUSED_FILES), key=lambda item: item[0]):
            state = Path(storage.path(name)).stat()
            found.update(f"{name}|{state.st_size}|{state.st_mtime_ns}\n".encode())
    mark = settings.DATA_DIR / "static.digest"
    if mark.exists() and mark.read_text() == found.hexdigest() and settings.STATIC_ROOT.is_dir():
        return
    tell("Collecting pictures, styles and scripts …")
    call_command("collectstatic", interactive=False, clear=True, ignore_patterns=UNUSED_FILES, verbosity=0)
    mark.write_text(found.hexdigest())
