"""Drafting rules: test cases, a preview of the effects on real plans, and publishing.

Others may use `bench.failing_cases` and `preview.effect_on_practice`.
It never silently publishes past a failing case.
"""
