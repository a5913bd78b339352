"""The questions as a client fills them: sections, saving, red flags, signing, and the questions before a session.

Others may use `submit`, `day_questions`, `day_form`, `day_standing`, `read_back` and `sections`.
It never changes an intake that was signed.
"""
