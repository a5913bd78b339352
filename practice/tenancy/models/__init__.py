from practice.tenancy.models.member import Member
from practice.tenancy.models.practice import Practice
from practice.tenancy.models.user import User

__all__ = ["Member", "Practice", "User"]
