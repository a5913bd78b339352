"""Letters of health professionals: received, cleaned, verified, and watched until they end.

Others may use `letters`, `choices`, `expiry` and `forms`.
It never counts a letter that no therapist has verified, and never serves a file as it was sent.
"""
