"""Outgoing mail: an outbox row for each message, a lease, a last check, SMTP, and the ledger that shows what became
of it.

Others may use `outbox`, `suppression`, `outage.trouble_for`, `lease.TOO_LATE`, `models` and `signals`; bounces
also use `providers` and `return_path`.
It never knows a client's health or a plan, and never sends what it cannot account for.
"""
