"""The words for one day of a routine."""

from django import template

from routines.today import change_words as words
from routines.today.todays_plan import TodaysPlan

register = template.Library()


@register.filter
def change_words(now: TodaysPlan) -> list[str]:
    return words.change_words(now)
