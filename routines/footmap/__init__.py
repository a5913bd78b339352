"""The drawing of the feet. Pure, no database.

Others may use `draw` and `atlas`.
It never imports anything of ours and never asks whose foot it draws.
"""
