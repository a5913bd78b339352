"""A client's plan: draft, check, release, pause and end; and whether it may be shown.

Others may use any module of it. Whether a plan may be shown they ask `routines.rechecking.recheck.checked_visibility`.
It never releases a plan with a step that is not allowed; there is no override.
"""
