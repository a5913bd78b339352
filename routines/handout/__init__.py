"""The routine on paper: a PDF with the foot map and the stop rules.

Others use nothing of it.
It never prints a plan that may not be shown now.
"""
