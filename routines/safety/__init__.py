"""Is this step safe? Findings and steps in, a verdict on every step and side out. Pure.

Others may use `check_steps.check_steps`, `steps.Step` and `verdicts`.
It never reads the database, and never allows what it does not know.
"""
