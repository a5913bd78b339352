"""Who touched what: an append-only trail, written inside the transaction of the act.

Others may use `audit.record`, `models`, `signals` and, for a page, `text`.
It never watches saves, and never stores what an answer said.
"""
