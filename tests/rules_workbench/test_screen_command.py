"""`manage.py screen`: cases in, a JSON object a line out, without a database."""

import copy
import io
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.core.management import CommandError, call_command

from tests.screening.examples import CASES_FILE, SAMPLES_FILE, questionnaire

pytestmark = pytest.mark.processes

SAMPLES = yaml.safe_load(SAMPLES_FILE.read_text())


def run(path: Path | str, *options: str) -> tuple[str, str, int]:
    out, err = io.StringIO(), io.StringIO()
    try:
        call_command("screen", str(path), *options, stdout=out, stderr=err)
    except CommandError as error:
        return out.getvalue(), f"{err.getvalue()}{error}", error.returncode
    return out.getvalue(), err.getvalue(), 0


def write(tmp_path: Path, content: Any) -> Path:
    path = tmp_path / "cases.yaml"
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    return path


def test_all_samples_pass() -> None:
    out, err, code = run(SAMPLES_FILE, "--format", "json")
    assert (err, code) == ("", 0)
    assert [json.loads(line)["id"] for line in out.splitlines()] == [case["id"] for case in SAMPLES["vignettes"]]


def test_every_rule_has_a_case_that_fires_it_and_all_pass() -> None:
    out, err, code = run(CASES_FILE, "--format", "json")
    assert (err, code) == ("", 0)
    fired = {finding["rule"] for line in out.splitlines() for finding in json.loads(line)["findings"]}
    assert {rule.slug for _question, rule in questionnaire().rules} <= fired


def test_where_no_release_is_possible_every_step_is_blocked() -> None:
    out, _err, _code = run(CASES_FILE, "--format", "json")
    for result in map(json.loads, out.splitlines()):
        states = {part["state"] for sides in result["steps"].values() for part in sides.values()}
        assert (states == {"blocked"}) == (result["overall"] in ("INCOMPLETE", "REFER", "STOP"))


def test_the_shape_of_a_result() -> None:
    out, _err, _code = run(SAMPLES_FILE, "--format", "json")
    result = json.loads(out.splitlines()[2])
    assert set(result) == {"id", "overall", "urgency", "findings", "steps", "releasable", "invalid"}
    assert result["findings"] == [{"rule": "pregnancy-later", "outcome": "RESTRICT", "cleared_by": "K1"}]
    assert result["steps"]["6"]["left"] == {"state": "reduce_pressure:light", "rules": ["pregnancy-later"]}
    assert result["urgency"] is None
    assert json.loads(out.splitlines()[0])["steps"]["5"] == {"none": {"state": "allowed", "rules": []}}


def test_a_difference_exits_1_and_is_described(tmp_path: Path) -> None:
    cases = copy.deepcopy(SAMPLES)
    cases["vignettes"][0]["expected"]["overall"] = "STOP"
    cases["vignettes"][2]["expected"]["step_states"][6] = {"left": "allowed", "right": "allowed"}
    cases["vignettes"][3]["expected"]["findings"][0]["steps"].pop()
    out, err, code = run(write(tmp_path, cases), "--format", "json")
    assert code == 1
    assert len(out.splitlines()) == 8
    assert 'V01: overall: expected "STOP", found "CLEAR"' in err
    assert "V09: step 6" in err
    assert "V11: steps of plantar-acute-flare" in err


def test_a_bare_list_in_json_without_expectations(tmp_path: Path) -> None:
    answers = SAMPLES["bases"]["healthy-adult"]
    out, _err, code = run(write(tmp_path, [{"id": 7, "today": "2026-03-16", "answers": answers}]), "--format", "json")
    assert (json.loads(out)["id"], json.loads(out)["overall"], code) == ("7", "CLEAR", 0)


def test_answers_may_carry_their_days(tmp_path: Path) -> None:
    case = {"id": "a", "today": "2026-03-16", "answers": SAMPLES["bases"]["healthy-adult"]}
    dated = [
        {**case, "answer_dates": {"osteoporosis": "2025-03-15"}},
        {**case, "answer_dates": {"osteoporosis": "2025-03-16"}},
        {**case, "answer_dates": "2026-03-01"},
    ]
    out, _err, code = run(write(tmp_path, dated), "--format", "json")
    assert ([json.loads(line)["overall"] for line in out.splitlines()], code) == (["INCOMPLETE", "CLEAR", "CLEAR"], 0)


def test_unquoted_dates_are_dates(tmp_path: Path) -> None:
    text = "- {id: a, today: 2026-03-16, answers: {surgery-date: 2026-03-01}}"
    out, _err, code = run(write(tmp_path, text), "--format", "json")
    assert code == 0
    assert "surgery-recent" in {finding["rule"] for finding in json.loads(out)["findings"]}


def test_invalid_steps_are_listed_and_still_evaluated(tmp_path: Path) -> None:
    step = {"step": 1, "zone": "arch-sleep-s1", "technique": "circular-motion", "side": "both", "pressure": "firm"}
    case = {"id": "a", "today": "2026-03-16", "answers": SAMPLES["bases"]["healthy-adult"]}
    plan = [{**step, "duration_s": 60}, {**step, "step": 2, "zone": "moon", "duration_s": 60}]
    out, _err, _code = run(write(tmp_path, [{**case, "plan": plan}]), "--format", "json")
    result = json.loads(out)
    assert result["steps"]["1"]["left"]["state"] == "allowed"
    assert result["steps"]["2"]["left"]["state"] == "excluded"
    assert {wrong["step"] for wrong in result["invalid"]} == {1, 2}
    assert "pressure" in next(wrong["reason"] for wrong in result["invalid"] if wrong["step"] == 1)


def test_the_readable_form_names_outcome_and_rules() -> None:
    out, _err, code = run(SAMPLES_FILE)
    assert code == 0
    assert "V02  STOP same_day" in out
    assert "reduce_pressure:light" in out


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("a: [", "cases.yaml"),
        ("just words", "list of cases"),
        ([3], "vignettes[0]"),
        ([{"today": "2026-03-16"}], "vignettes[0], id"),
        ([{"id": "X1"}], "vignettes[0] X1, today"),
        ([{"id": "X1", "today": "16 March"}], "X1, today"),
        ([{"id": "X1", "today": "2026-03-16", "base": "ghost"}], "X1, base"),
        ([{"id": "X1", "today": "2026-03-16", "answers": [1]}], "X1, answers"),
        ([{"id": "X1", "today": "2026-03-16", "plan": {"step": 1}}], "X1, plan"),
        ([{"id": "X1", "today": "2026-03-16", "plan": [{"zone": "a"}]}], "X1, plan[0].step"),
        ([{"id": "X1", "today": "2026-03-16", "plan": [{"step": 1, "zone": []}]}], "X1, plan[0].zone"),
        ([{"id": "X1", "today": "2026-03-16", "plan": [{"step": 1}, {"step": 1}]}], "X1, plan[1].step"),
        ([{"id": "X1", "today": "2026-03-16", "clearances": [{"covers": 3}]}], "X1, clearances[0].covers"),
        ([{"id": "X1", "today": "2026-03-16", "clearances": [{"covers": [], "issued_on": "soon"}]}], "issued_on"),
        ([{"id": "X1", "today": "2026-03-16", "answer_dates": {"age": "soon"}}], "X1, answer_dates"),
        ([{"id": "X1", "today": "2026-03-16", "expected": "fine"}], "X1, expected"),
        ([{"id": "X1", "today": "2026-03-16", "expected": {"overall": "CLEAR", "findings": [1]}}], "X1"),
        ({"bases": [], "vignettes": []}, "cases.yaml"),
    ],
)
def test_a_malformed_file_exits_2_and_names_file_and_case(tmp_path: Path, content: Any, says: str) -> None:
    _out, err, code = run(write(tmp_path, content))
    assert code == 2
    assert says in err


def test_it_runs_alone_without_secrets_or_a_database(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "manage.py", "screen", "-", "--format", "json"],
        input=SAMPLES_FILE.read_bytes(),
        cwd=Path(__file__).resolve().parents[2],
        env={"PATH": os.environ["PATH"], "DATA_DIR": str(tmp_path), "DATABASE_URL": "postgres://nobody@127.0.0.1:1/x"},
        capture_output=True,
        check=False,
    )
    assert (done.stderr, done.returncode) == (b"", 0)
    assert len(done.stdout.splitlines()) == 8


def test_a_missing_file_and_a_faulty_questionnaire_exit_2(tmp_path: Path) -> None:
    assert run(tmp_path / "nothing.yaml")[2] == 2
    _out, err, code = run(SAMPLES_FILE, "--questionnaire", str(write(tmp_path, {"version": "1"})))
    assert (code, "questions" in err) == (2, True)


def test_words_that_nobody_reads_are_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A letter whose end is misspelt, or an answer to no question, must not pass in silence."""
    case = {
        "id": "S1",
        "today": "2026-03-16",
        "answers": {"chest-breathin": "yes"},
        "clearances": [{"id": "K1", "covers": ["diabetes"], "issued_on": "2026-01-01", "valid_untill": "2026-02-01"}],
    }
    cases = tmp_path / "cases.json"
    cases.write_text(json.dumps([case]))
    call_command("screen", str(cases), "--format", "json")
    told = capsys.readouterr().err
    assert "valid_untill" in told
    assert "chest-breathin" in told
