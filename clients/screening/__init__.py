"""The rules engine: questions, answers, conditions, findings and effects. Pure.

Others may use `engine.screen`, `findings`, `questionnaire`, `answers`, `effects` and the texts.
It never reads the database or the clock, and nothing can loosen what it found.
"""
