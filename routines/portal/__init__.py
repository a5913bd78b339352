"""The client's pages: today and the plan.

Others use nothing of it.
It never shows a plan that may not be shown now.
"""
