"""The practice's page of one plan: what was released, what is paused and why, what happened since.

Others use nothing of it.
It never changes a plan but through `routines.plans.publish`.
"""
