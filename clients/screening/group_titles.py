"""What the groups of questions are called."""

from django.utils.translation import gettext_lazy as _

#: Headings of the questionnaire's groups, as a client reads them.
GROUP_TITLES = {
    "consent": _("Before we begin"),
    "person": _("About you"),
    "red_flags": _("First, the urgent things"),
    "today": _("Today"),
    "pregnancy": _("Pregnancy"),
    "circulation": _("Legs and circulation"),
    "heart": _("Heart"),
    "blood": _("Blood"),
    "diabetes_nerves": _("Diabetes and feeling in the feet"),
    "bones_joints": _("Bones and joints"),
    "skin": _("Skin of the feet and legs"),
    "surgery_injury": _("Operations and injuries"),
    "cancer": _("Cancer"),
    "general_health": _("General health"),
    "foot_complaint": _("Your feet now"),
}
