"""A client's plan: draft, check, release, pause and end; and whether it may be shown.

Others may use `models`, `publish`, `check_draft`, `check_version`, `visibility`, `day` and `signals`.
It never releases a plan with a step that is not allowed; there is no override.
"""
