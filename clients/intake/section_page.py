"""From what was posted to what is saved, and back to the page: one section of an intake."""

from __future__ import annotations

import re
import secrets
from collections.abc import Collection
from dataclasses import dataclass

from django.http import QueryDict
from django.utils.translation import gettext as _

from clients.intake.field_values import Typed, typed_from, typed_in
from clients.intake.forms.section import Ask, SectionForm
from clients.intake.respondent import Visit
from clients.intake.sections import Section, questions_in
from clients.intake.submit import ASKED_ANEW, Given, save_answers
from clients.screening.answer_text import answer_label

_FIELD = re.compile(r"a-([a-z0-9-]+?)(?:-text|-place|-note)?")
_TAB = re.compile(r"[A-Za-z0-9_-]{8,40}")


@dataclass
class SavedSection:
    """A section after a save: the form as typed, with what stands in its way."""

    form: SectionForm
    may_leave: bool

    def changed(self, shown: Collection[str]) -> list[tuple[str, Ask | None]]:
        """Questions whose part of the page is not as it was shown: appeared, gone, or opened its drawings."""
        now = {ask.shown_as: ask for ask in self.form.asks}
        appeared = [(ask.question.slug, ask) for key, ask in now.items() if key not in shown]
        here = {slug for slug, _ask in appeared} | {ask.question.slug for ask in self.form.asks}
        gone = [(slug, None) for slug in dict.fromkeys(key.partition(":")[0] for key in shown) if slug not in here]
        known = {question.slug for question in questions_in(self.form.questionnaire, self.form.section)}
        return [*appeared, *((slug, ask) for slug, ask in gone if slug in known)]


def new_tab() -> str:
    """Names one opening of a page, so that its own earlier save is not taken for another device's."""
    return secrets.token_urlsafe(9)


def stored_section(visit: Visit, section: Section) -> SectionForm:
    """The page filled from what is stored; prefilled answers are shown and wait to be confirmed."""
    answers = visit.intake.answers
    typed, prefilled = {}, set()
    for question in questions_in(visit.questionnaire, section):
        entry = answers.get(question.slug)
        if entry and entry["value"] is not None:
            typed[question.slug] = typed_from(question, entry["value"], entry.get("note", ""))
            if entry.get("prefill"):
                prefilled.add(question.slug)
    form = _form(visit, section, typed, prefilled, tab=new_tab())
    if any(entry.get("prefill") for entry in answers.values()):  # somebody who has answered before
        for ask in form.asks:
            ask.is_new = ask.question.group not in ASKED_ANEW and ask.question.slug not in answers
    return form


def read_section(visit: Visit, section: Section, posted: QueryDict) -> SectionForm:
    """The page as it was posted."""
    taken_back = set(posted.getlist("take-back"))
    typed = {
        question.slug: Typed() if question.slug in taken_back else typed_in(question, posted)
        for question in questions_in(visit.questionnaire, section)
    }
    tab = posted.get("tab", "")
    form = _form(visit, section, typed, (), tab=tab if _TAB.fullmatch(tab) else new_tab())
    form.strangers = _strangers(posted, typed)
    return form


def _form(
    visit: Visit, section: Section, typed: dict[str, Typed], prefilled: Collection[str], *, tab: str
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


def _strangers(posted: QueryDict, typed: dict[str, Typed]) -> list[str]:
    """Answers to questions that this page does not ask; they are left out, and said to be."""
    names = {found[1] for key in posted if (found := _FIELD.fullmatch(key))}
    return sorted(name for name in names if name not in typed)


def save_section(visit: Visit, section: Section, form: SectionForm, posted: QueryDict, *, action: str) -> SavedSection:
    """Save what can be read. `next` asks for every answer of the page, `later` lets open ones wait."""
    is_open = form.complain_of_missing() if action == "next" else False
    shown = {ask.question.slug: ask for ask in form.asks}
    given = {}
    for question in questions_in(visit.questionnaire, section):
        ask = shown.get(question.slug)
        is_missing = ask is None or (ask.value is None and not ask.typed)
        given[question.slug] = Given(
            None if ask is None else ask.value,
            ask.typed.note if ask else "",
            is_faulty=bool(ask and ask.error and not is_missing),
        )
    revision = posted.get("revision", "")
    leaves = action in ("next", "later", "back") and not is_open and not any(ask.error for ask in form.asks)
    conflicts = save_answers(
        visit.intake,
        given,
        revision=int(revision) if revision.isdecimal() and len(revision) < 9 else 0,
        tab=form.tab,
        by=visit.by,
        at=visit.at,
        section_done=section.key if leaves and action != "back" else "",
    )
    for slug, entry in conflicts.items():
        shown[slug].newer = answer_label(shown[slug].question, entry["value"], place_names=visit.body.names)
    if form.strangers:
        form.warning = _("Something on this page belongs to a question that we do not ask here. It was left out.")
    return SavedSection(form, may_leave=leaves and not conflicts and not form.strangers)
