"""The rules engine: questions, answers, conditions, findings and effects. Pure.

Others may use any module of it; `engine.screen` is the one that decides.
It never reads the database or the clock, and nothing can loosen what it found.
"""
