"""Who may do what: one table of roles and capabilities, and the decorator that asks it.

Others may use `table.{needs,public,can,roles_can,Role}`.
It never reads the database, and no view decides about roles by itself.
"""
