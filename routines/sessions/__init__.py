"""A client does the routine: questions of the day, one step after the other, notes before and after.

Others may use `models.RoutineSession`, `log`, `day_answers`, `player`, `stop_rules` and `lookup`.
It never begins before the questions of the day are answered.
"""
