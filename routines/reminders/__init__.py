"""Due moments of a plan become outbox rows; what a client wishes, snoozes and stops.

Others may use `plan.{replan,replan_client}`, `preferences`, `schedule`, `models` and `metrics`.
It never reminds of a plan that may not be shown, and never says what the plan is about.
"""
