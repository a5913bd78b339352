"""`manage.py load_catalog FILE`: says what it did; lists the faults of a bad file and changes nothing."""

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

from routines.catalog.models import CatalogVersion

STARTER = Path(__file__).resolve().parents[2] / "routines" / "catalog" / "data" / "catalog.yaml"


def run(path: Path) -> tuple[str, str, int]:
    out, err = StringIO(), StringIO()
    try:
        call_command("load_catalog", str(path), stdout=out, stderr=err)
    except SystemExit as end:
        return out.getvalue(), err.getvalue(), int(end.code or 0)
    return out.getvalue(), err.getvalue(), 0


def test_it_says_what_changed_and_the_second_time_that_nothing_did(db):
    out, err, code = run(STARTER)
    assert (err, code) == ("", 0)
    assert "added: 305" in out
    assert "zones 49" in out
    out, _err, code = run(STARTER)
    assert code == 0
    assert "Nothing new" in out
    assert CatalogVersion.objects.count() == 1


def test_a_bad_file_lists_each_fault_with_file_entry_and_field(db, tmp_path):
    bad = tmp_path / "bad.yaml"
    text = STARTER.read_text().replace("tradition: spine-reflex", "tradition: nowhere", 1)
    bad.write_text(text.replace("    pressure: firm", "    pressure: crushing", 1))
    _out, err, code = run(bad)
    assert code == 1
    lines = err.strip().splitlines()
    assert len(lines) >= 3
    assert all(line.startswith("bad.yaml: zones[") for line in lines[:-1])
    assert any(": tradition: " in line for line in lines)
    assert "Nothing was changed." in lines[-1]
    assert not CatalogVersion.objects.exists()


@pytest.mark.parametrize("name", ["missing.yaml", "."])
def test_a_missing_file_is_a_fault_not_a_crash(db, tmp_path, name):
    _out, err, code = run(tmp_path / name)
    assert code == 1
    assert "Nothing was changed." in err
