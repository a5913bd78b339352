"""The fence between practices: the practice, its members, the people who sign in, and querysets that refuse an
unscoped read.

Others may use `models.{Practice,Member,User}`, `scoping` and `requests.PracticeRequest`.
It never returns one practice's rows to another; jobs that cross practices say so aloud.
"""
