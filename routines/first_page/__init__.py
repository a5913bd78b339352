"""The therapist's first page: who needs them, the most pressing first.

Others may use `plan_column` for the clients' list.
It never hides an urgent matter below a lesser one.
"""
