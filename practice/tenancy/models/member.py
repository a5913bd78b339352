import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from practice.permissions.table import Role
from practice.tenancy.models.practice import Practice
from practice.tenancy.scoping import TenantQuerySet


class Member(models.Model):
    """A person's seat in a practice: owner, therapist or reception."""

    STAFF_ROLES = [(role.value, role.label) for role in (Role.OWNER, Role.THERAPIST, Role.RECEPTION)]

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    practice = models.ForeignKey(Practice, on_delete=models.CASCADE, related_name="members", verbose_name=_("practice"))
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships", verbose_name=_("person")
    )
    role = models.CharField(_("role"), max_length=20, choices=STAFF_ROLES)
    qualifications = models.CharField(_("qualifications, as stated"), max_length=300, blank=True)
    is_active = models.BooleanField(_("active"), default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = TenantQuerySet.as_manager()

    class Meta:
        verbose_name = _("member of staff")
        verbose_name_plural = _("members of staff")
        ordering = ["created_at"]
        constraints = [
            models.UniqueConstraint(fields=["practice", "user"], name="one_seat_per_person"),
            models.CheckConstraint(
                condition=models.Q(role__in=["owner", "therapist", "reception"]), name="member_role_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} ({self.get_role_display()})"
