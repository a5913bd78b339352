"""Who is filling in which intake: by an invitation's link, or signed in as the client."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property

from django.db import models

from clients.assessment.assess import Assessment, assess_unsigned
from clients.intake.sections import Section, sections_of
from clients.intake.submit import LINK_HOLDER, Actor, begin_intake, open_intake, values_of
from clients.questionnaire.versions import questionnaire_of
from clients.record.models import Intake
from clients.roster.invitation import SESSION_KEY, begun_in
from clients.roster.models import Client, Invitation
from clients.screening.absent_places import places_for
from clients.screening.age import AGE, age_on
from clients.screening.answers import AnswerValue
from clients.screening.guardianship import needs_guardian
from clients.screening.questionnaire import Questionnaire
from practice.core.clock import local_today
from practice.tenancy.models import User
from practice.tenancy.requests import PracticeRequest
from routines.catalog.markable import BodyPlaces

#: Set by /me/intake/: the one of the signed-in person's records that the answers are for.
CLIENT_KEY = "intake_client_id"
#: The intake that this browser has just signed, so that it may read it without signing in.
SIGNED_KEY = "intake_signed_id"


@dataclass
class Visit:
    """One client's open intake, and who answers. Made anew for each request."""

    intake: Intake
    by: Actor
    at: datetime
    invitation: Invitation | None
    _assessed: tuple[int, Assessment] | None = None

    @property
    def client(self) -> Client:
        return self.intake.client

    @cached_property
    def questionnaire(self) -> Questionnaire:
        return questionnaire_of(self.intake.questionnaire)

    @cached_property
    def sections(self) -> tuple[Section, ...]:
        return sections_of(self.questionnaire)

    @cached_property
    def body(self) -> BodyPlaces:
        return places_for(self.client.absent_sites)

    @property
    def assessment(self) -> Assessment:
        """The assessment of what is saved so far; made once for each state of the answers."""
        if self._assessed is None or self._assessed[0] != self.intake.revision:
            self._assessed = (self.intake.revision, assess_unsigned(self.intake, at=self.at))
        return self._assessed[1]

    @property
    def today(self) -> date:
        return local_today(self.at, self.client.time_zone)

    @property
    def values(self) -> dict[str, AnswerValue]:
        return values_of(self.intake)

    @property
    def next_section(self) -> Section | None:
        """The first page that was not saved yet; later ones wait for it. None when all were."""
        done = set(self.intake.groups_saved)
        return next((section for section in self.sections if section.key not in done), None)

    @property
    def guardian_signs(self) -> bool:
        """Whether the client is a minor, by what was typed or by the day of birth: the younger counts."""
        born, typed = self.client.birth_day, self.values.get(AGE)
        ages = [typed if isinstance(typed, int) else None, age_on(born, self.today) if born else None]
        return any(needs_guardian(age, age_of_consent=self.client.practice.age_of_consent) for age in ages)

    def may_see(self, section: Section) -> bool:
        reached = self.next_section
        return reached is None or section.number <= reached.number


def find_client(request: PracticeRequest, at: datetime) -> tuple[Client | None, Invitation | None, Actor]:
    """The client whose intake this browser may fill in now. An invitation's session opens that one intake only."""
    invitation = begun_in(request.session, at=at)
    if invitation:
        own = request.user.is_authenticated and request.user.pk == invitation.client.user_id
        return invitation.client, invitation, request.user if own else LINK_HOLDER
    if request.user.is_authenticated and request.session.get(CLIENT_KEY):
        client = own_clients(request.user).filter(pk=request.session[CLIENT_KEY]).first()
        return client, None, request.user
    return None, None, ""


def own_clients(user: User) -> models.QuerySet[Client]:
    return Client.objects.of_user(user).select_related("practice")


def begin_visit(request: PracticeRequest, at: datetime) -> Visit | None:
    """Begin or resume the intake. None when this browser may fill in nothing."""
    client, invitation, by = find_client(request, at)
    if client is None:
        return None
    begin_intake(client, by=by, at=at, invitation=invitation)
    return find_visit(request, at)


def find_visit(request: PracticeRequest, at: datetime) -> Visit | None:
    """The open intake of this browser's client; None when there is none, or it was signed."""
    client, invitation, by = find_client(request, at)
    intake = open_intake(client) if client else None
    return Visit(intake, by, at, invitation) if intake else None


def note_signed(request: PracticeRequest) -> bool:
    """Whether the invitation that this browser began was used to sign: the button was pressed twice at once."""
    try:
        key = uuid.UUID(request.session.get(SESSION_KEY, ""))
    except ValueError:
        return False
    signed = Intake.objects.across_practices().submitted().filter(invitation=key).first()
    if signed is None:
        return False
    leave_visit(request, signed)
    return True


def leave_visit(request: PracticeRequest, intake: Intake) -> None:
    """After signing: this browser may read what was signed and fill in nothing more."""
    request.session[SIGNED_KEY] = str(intake.pk)
    request.session.pop(SESSION_KEY, None)
    request.session.pop(CLIENT_KEY, None)
