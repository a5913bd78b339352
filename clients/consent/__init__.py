"""What a client agreed to, when and in which words; and what becomes of it when their address fails.

Others may use `consent`, `failing_addresses` and `signals`.
It never infers a consent.
"""
