"""What may be written to clients: claims, conditions, advice on medicine and diagnoses are found by word lists.

Others may use `check.check_wording` and `findings`. The rules are `data/rules.yaml`, the words of each language a file
beside it.
It never changes a text, never asks a database, and never decides what a finding stops: that is its caller's.
"""
