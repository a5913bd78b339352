"""The drawing of the feet. Pure, no database.

Others may use `draw`, `atlas` and `artwork`.
It never imports anything of ours and never asks whose foot it draws.
"""
