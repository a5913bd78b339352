"""From what was posted to what is saved, and back to the page: one section of an intake."""

from __future__ import annotations

import re
import secrets
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from django.http import QueryDict
from django.utils.translation import gettext as _

from clients.intake.field_values import FieldValues, values_posted, values_stored
from clients.intake.forms.section import QuestionField, SectionForm
from clients.intake.respondent import Visit
from clients.intake.sections import Section, applicable, place_of, questions_in, unanswered
from clients.intake.submit import ASKED_ANEW, GivenAnswer, save_answers
from clients.screening.answer_text import answer_label
from clients.screening.answers import AnswerValue
from clients.screening.entries import Question

_FIELD = re.compile(r"a-([a-z0-9-]+?)(?:-text|-place|-note)?")
_TAB = re.compile(r"[A-Za-z0-9_-]{8,40}")


@dataclass
class SavedSection:
    """A section after a save: the form as typed, and what kept it from being saved."""

    form: SectionForm
    may_leave: bool

    def changed(self, shown: Collection[str]) -> list[tuple[str, QuestionField | None]]:
        """Questions whose part of the page is not as it was shown: it appeared, went, or opened its drawings."""
        now = {field.shown_as: field for field in self.form.fields}
        appeared = [(field.question.slug, field) for key, field in now.items() if key not in shown]
        here = {slug for slug, _field in appeared} | {field.question.slug for field in self.form.fields}
        gone = [(slug, None) for slug in dict.fromkeys(key.partition(":")[0] for key in shown) if slug not in here]
        known = {question.slug for question in questions_in(self.form.questionnaire, self.form.section)}
        return [*appeared, *((slug, field) for slug, field in gone if slug in known)]


@dataclass(frozen=True)
class Screen:
    """Where one question of a section stands: its place in the address, and the way on and back."""

    place: int
    #: Among the questions that apply, counted from 1.
    number: int
    total: int
    #: The place before it; None on the first.
    before: int | None


def screen_at(visit: Visit, section: Section) -> Screen:
    slugs = [question.slug for question in asked_in(visit, section)]
    number = slugs.index(section.only) if section.only in slugs else 0
    before = place_of(visit.questionnaire, section, slugs[number - 1]) if number else None
    return Screen(place_of(visit.questionnaire, section, section.only), number + 1, len(slugs), before)


def asked_in(
    visit: Visit, section: Section, values: Mapping[str, AnswerValue | None] | None = None
) -> tuple[Question, ...]:
    """The questions of the whole section that apply now, or with other `values`."""
    here = questions_in(visit.questionnaire, replace(section, only=""))
    given: Mapping[str, AnswerValue | None] = visit.values if values is None else values
    asked = {question.slug for question in applicable(visit.questionnaire, given, visit.today)}
    return tuple(question for question in here if question.slug in asked)


def open_questions(
    visit: Visit, section: Section, values: Mapping[str, AnswerValue | None] | None = None
) -> tuple[Question, ...]:
    given: Mapping[str, AnswerValue | None] = visit.values if values is None else values
    return unanswered(asked_in(visit, section, given), given)


def next_place(visit: Visit, section: Section) -> int | None:
    """The first open question after this screen, else the first of all; None when every one is answered."""
    places = [place_of(visit.questionnaire, section, question.slug) for question in open_questions(visit, section)]
    here = place_of(visit.questionnaire, section, section.only) if section.only else 0
    return next((place for place in places if place > here), min(places, default=None))


def last_place(visit: Visit, section: Section) -> int:
    return max(place_of(visit.questionnaire, section, question.slug) for question in asked_in(visit, section))


def new_tab() -> str:
    """A name for one opening of a page, so that its own earlier save is not taken for another device's."""
    return secrets.token_urlsafe(9)


def stored_section(visit: Visit, section: Section) -> SectionForm:
    """The page filled from what is stored; prefilled answers are shown and wait to be confirmed."""
    answers = visit.intake.answers
    typed, prefilled = {}, set()
    for question in questions_in(visit.questionnaire, section):
        entry = answers.get(question.slug)
        if entry and entry["value"] is not None:
            typed[question.slug] = values_stored(question, entry["value"], entry.get("note", ""))
            if entry.get("prefill"):
                prefilled.add(question.slug)
    form = _form(visit, section, typed, prefilled, tab=new_tab())
    if any(entry.get("prefill") for entry in answers.values()):  # somebody who has answered before
        for field in form.fields:
            field.is_new = field.question.group not in ASKED_ANEW and field.question.slug not in answers
    return form


def read_section(visit: Visit, section: Section, posted: QueryDict) -> SectionForm:
    """The page as it was posted."""
    taken_back = set(posted.getlist("take-back"))
    typed = {
        question.slug: FieldValues() if question.slug in taken_back else values_posted(question, posted)
        for question in questions_in(visit.questionnaire, section)
    }
    tab = posted.get("tab", "")
    form = _form(visit, section, typed, (), tab=tab if _TAB.fullmatch(tab) else new_tab())
    form.unknown_fields = _unknown_fields(posted, typed)
    return form


def _form(
    visit: Visit, section: Section, typed: dict[str, FieldValues], prefilled: Collection[str], *, tab: str
) -> SectionForm:
    here = {question.slug for question in questions_in(visit.questionnaire, section)}
    elsewhere = {slug: value for slug, value in visit.values.items() if slug not in here}
    form = SectionForm(
        visit.questionnaire,
        section,
        elsewhere=elsewhere,
        typed=typed,
        today=visit.today,
        body=visit.body,
        prefilled=prefilled,
    )
    form.tab = tab
    return form


def _unknown_fields(posted: QueryDict, typed: dict[str, FieldValues]) -> list[str]:
    """Answers to questions that this page does not ask; they are left out, and the page says so."""
    names = {found[1] for key in posted if (found := _FIELD.fullmatch(key))}
    return sorted(name for name in names if name not in typed)


def save_section(visit: Visit, section: Section, form: SectionForm, posted: QueryDict, *, action: str) -> SavedSection:
    """Save what can be read. `next` asks for every answer of the page, `later` lets open ones wait."""
    is_open = form.complain_of_missing() if action == "next" else False
    shown = {field.question.slug: field for field in form.fields}
    given = {}
    for question in questions_in(visit.questionnaire, section):
        field = shown.get(question.slug)
        is_missing = field is None or (field.value is None and not field.typed)
        given[question.slug] = GivenAnswer(
            None if field is None else field.value,
            field.typed.note if field else "",
            is_faulty=bool(field and field.error and not is_missing),
        )
    revision = posted.get("revision", "")
    leaves = action in ("next", "later", "back") and not is_open and not any(field.error for field in form.fields)
    conflicts = save_answers(
        visit.intake,
        given,
        revision=int(revision) if revision.isdecimal() and len(revision) < 9 else 0,
        tab=form.tab,
        by=visit.by,
        at=visit.at,
        section_done=section.key if leaves and action != "back" and _closes(visit, section, form) else "",
    )
    for slug, entry in conflicts.items():
        shown[slug].newer = answer_label(shown[slug].question, entry["value"], place_names=visit.body.names)
    if form.unknown_fields:
        form.warning = _("Something on this page belongs to a question that we do not ask here. It was left out.")
    return SavedSection(form, may_leave=leaves and not conflicts and not form.unknown_fields)


def _closes(visit: Visit, section: Section, form: SectionForm) -> bool:
    """Whether with this page the whole section is saved: a screen of one question leaves the others open."""
    if not section.only:
        return True
    values = {**form.elsewhere, **{field.question.slug: field.value for field in form.fields}}
    return not open_questions(visit, section, values)
