"""The plan builder: editing a draft, with its zone picker, suggested fixes and substitutes.

Others may use `edit`, as the demo does.
It never touches a released version.
"""
