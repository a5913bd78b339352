"""The practice's list of clients, and the link by which a client is invited.

Others may use `models.{Client,Invitation}`, `roster`, `invitation`, `emails.staff_to_tell` and `signals`.
It never shows or stores a health answer.
"""
