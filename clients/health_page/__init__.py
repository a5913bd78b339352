"""The therapist's page of one client: the screening, its history, and the letters.

Others use nothing of it.
It never decides; it shows what assessment and letters hold.
"""
