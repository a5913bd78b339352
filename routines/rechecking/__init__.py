"""Checking released plans again when an answer, a letter, a rule, the catalog or the day has changed.

Others may use `flags`, `recheck` and `signals`.
It never shows a plan that is waiting for its check.
"""
