"""Mail that comes back: delivery reports and the providers' webhooks.

Others use nothing of it; what it learns reaches them through `practice.mail.suppression`.
It never believes a report that does not carry our own signature.
"""
