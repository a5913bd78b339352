"""A client's own session by the key in the address, or 404."""

import uuid

from django.shortcuts import get_object_or_404

from practice.tenancy.requests import PracticeRequest
from routines.sessions.models import RoutineSession


def own_session(request: PracticeRequest, session_id: uuid.UUID) -> RoutineSession:
    own = RoutineSession.objects.of_user(request.user)
    return get_object_or_404(own.select_related("plan__client__practice", "version"), pk=session_id)
