"""Places on the feet and legs that a client does not have: the page on which a therapist marks them.

Others may use `clients.screening.absent_places` for what follows from them.
It never changes an outcome: what only works on such a place is left out.
"""
