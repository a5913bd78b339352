"""What happened on a client's day that the therapist has to see: it hurt, pain rose, a session was cut or blocked.

Others may use `models.Notice`, `tell`, `settle`, `unsettled` and `matters`; pages include `notices/_matter.html`.
It never decides whether a routine may go on.
"""
