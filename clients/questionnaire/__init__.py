"""The versions and drafts of the questions and rules, and each practice's own rules on top of them.

Others may use `versions`, `drafts`, `diff`, `parse`, `to_yaml`, `forms`, `models` and `signals`.
It never changes a published version, and a practice's own rules never loosen a shared one.
"""
