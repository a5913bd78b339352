"""The ground that every room stands on: clocks, countries, YAML documents read with named faults, bounded uploads,
form fields.

Others may use any module of it.
It holds no model and no word of the practice's business, and imports nothing of ours.
"""
