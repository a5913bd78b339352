"""The client's record as rows: intakes, answers of the day, letters, consents and screenings.

Others may use `models` and `day_answers`.
It never judges what it holds; the verbs that write it live in intake, letters, consent and assessment.
"""
