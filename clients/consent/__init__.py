"""What a client agreed to, when and in which words; and what becomes of it when their address fails.

Others may use `consent.{give_consents,withdraw_consent,consents_in_force}` and `signals`.
It never infers a consent.
"""
