"""The plan builder: editing a draft, with its zone picker, suggested fixes and substitutes.

Others may use `edit` (for the demo) and `from_protocol`.
It never touches a released version.
"""
