"""Why a due moment was not sent, as message ids: the ledger shows them in the reader's language."""

from django.utils.translation import gettext_noop

ARCHIVED = gettext_noop("The client's record is closed.")
LATE_IN_QUIET = gettext_noop("Late, and the client's quiet hours had begun.")
LOGGED = gettext_noop("Already logged: there was nothing to remind of.")
NOT_NOW = gettext_noop("The routine was not open to the client at that moment.")
NO_WISH = gettext_noop("The client does not want reminders.")
STALE = gettext_noop("Too late to be of use.")
SUPERSEDED = gettext_noop("A later reminder went out instead.")
UNPREPARED = gettext_noop("It could not be prepared.")
#: Reasons that come of the clock alone, and fall away when it is set back.
CLOCK_REASONS = (STALE, SUPERSEDED, LATE_IN_QUIET)
