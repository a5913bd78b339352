"""A client's own account: consents, practice, address.

Others use nothing of it.
It never shows another person's record.
"""
