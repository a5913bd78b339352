"""The end of a session: how it was, in the client's word, and what follows when it hurt or something changed."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from clients.roster.lock import lock_client
from practice.tenancy.models import User
from routines.notices.models import Notice, NoticeContent
from routines.notices.tell import add_words, tell_therapist
from routines.sessions.day_answers import needs_day_answers
from routines.sessions.log import SessionRefused, note_in_history
from routines.sessions.models import RoutineSession
from routines.sessions.pause import pause_for_feeling
from routines.sessions.session_log import Feeling, LaterWords

KINDS = {"hurt": Notice.Kind.HURT, "changed": Notice.Kind.CHANGED}


@transaction.atomic
def end_session(
    session: RoutineSession,
    *,
    by: User | str,
    at: datetime,
    state: str = RoutineSession.State.DONE,
    feeling: Feeling = "",
    comfort_after: int | None = None,
    steps_done: list[str] | None = None,
    note: str = "",
) -> RoutineSession:
    """End an open session, once. What a second report of it says beside the first is kept, and followed too.

    "It hurt" and "something changed" pause the client's routines and tell the therapist, the first by e-mail at once;
    a note to a session that was stopped is put on the first page. Raises SessionRefused for one that is reported done
    before the day's questions were answered; it may still be skipped or stopped. One that is done by the client's word
    alone says so (log_by_word).
    """
    client = lock_client(session.plan.client_id)
    rows = RoutineSession.objects.across_practices().select_for_update(of=("self",), no_key=True)
    locked = rows.select_related("plan").get(pk=session.pk)
    locked.plan.client = client
    if locked.state == RoutineSession.State.BEGUN:
        _close(locked, by=by, at=at, state=state, feeling=feeling, comfort=comfort_after, steps=steps_done, note=note)
    elif not _add(locked, feeling, note, at):
        return locked
    _follow(locked, feeling, note, is_stop=state == RoutineSession.State.STOPPED, by=by, at=at)
    return locked


def _close(
    session: RoutineSession,
    *,
    by: User | str,
    at: datetime,
    state: str,
    feeling: Feeling,
    comfort: int | None,
    steps: list[str] | None,
    note: str,
) -> None:
    if state == RoutineSession.State.DONE and needs_day_answers(session) and not session.is_by_word:
        raise SessionRefused(_("Please answer the short questions first. A session counts when they are answered."))
    session.log = {
        **session.log,
        "comfort_after": comfort,
        "steps_done": steps or [],
        "note": note,
        "feeling": feeling,
    }
    session.state, session.ended_at = state, at
    session.save(update_fields=["log", "state", "ended_at"])
    note_in_history(session, f"session.{state}", by)


def _add(session: RoutineSession, feeling: Feeling, note: str, at: datetime) -> bool:
    """Keep what is new in a second report; False where it says nothing that was not said."""
    later = session.log.get("later", [])
    said = [(session.log.get("feeling", ""), session.log.get("note", ""))]
    said += [(words["feeling"], words["note"]) for words in later]
    is_new_feeling = feeling in KINDS and feeling not in {each for each, _words in said}
    is_new_note = bool(note) and note not in {words for _each, words in said}
    if not is_new_feeling and not is_new_note:
        return False
    words: LaterWords = {"at": at.isoformat(), "feeling": feeling, "note": note}
    session.log = {**session.log, "later": [*later, words]}
    session.save(update_fields=["log"])
    return True


def _follow(
    session: RoutineSession, feeling: Feeling, note: str, *, is_stop: bool, by: User | str, at: datetime
) -> None:
    kind = KINDS.get(feeling) or (Notice.Kind.STOPPED if note and (is_stop or _has_stopped(session)) else None)
    if kind is None:
        return
    if feeling in KINDS:
        pause_for_feeling(session, feeling, by=by, at=at)
    content: NoticeContent = {"words": note} if note else {}
    notice = tell_therapist(
        session.plan,
        kind=kind,
        about=session.pk,
        local_day=session.local_day,
        content=content,
        session_id=session.pk,
        by=by,
        at=at,
        at_once=kind == Notice.Kind.HURT,
    )
    add_words(notice, note)


def _has_stopped(session: RoutineSession) -> bool:
    return session.state == RoutineSession.State.STOPPED
