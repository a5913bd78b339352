"""What a practice says of itself: name, address, clocks, emergency number, age of consent.

Others may use `signals.practice_changed`.
It never decides what a change means for plans or reminders.
"""
