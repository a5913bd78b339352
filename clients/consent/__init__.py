"""What a client agreed to, when and in which words; and what a failing address means for it.

Others may use `consent.{give_consents,withdraw_consent,consents_in_force}` and `signals`.
It never infers a consent.
"""
