"""A released plan under today's answers: what is left out, lowered, shortened or added, why, and until when.

Others may use `todays_plan` and `day_verdict`. Every channel draws a day from it.
It never changes a plan, and never widens what a release allows.
"""
