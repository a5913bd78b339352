"""What we know of one client, and what the rules say of it on the day.

Others may use `assess`, `emails.needs_attention` and `signals`.
It never changes an answer or a plan, and never rewrites a screening that was stored.
"""
