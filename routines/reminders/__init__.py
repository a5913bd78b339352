"""Reminders: due moments of a plan become outbox rows, as the client prefers, until they snooze or stop them.

Others may use `plan.{replan,replan_client}`, `preferences`, `schedule`, `models` and `metrics`.
It never reminds of a plan that may not be shown, and never says what the plan is about.
"""
