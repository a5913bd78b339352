from clients.roster.models.client import Client
from clients.roster.models.invitation import Invitation

__all__ = ["Client", "Invitation"]
