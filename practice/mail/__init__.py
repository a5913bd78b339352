"""Outgoing mail: an outbox row for each message, a lease, a last check, SMTP, and the ledger that shows what became
of it.

Others may use `outbox.{queue,queue_all,compose,call_back,ask_again,readdress}`, `suppression`, `models` and `signals`.
It never knows a client's health or a plan, and never sends what it cannot account for.
"""
