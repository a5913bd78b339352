"""The practice's seats: inviting, changing and closing them, and the addresses that staff sign in with.

Others may use `seats.invite_member`; `emails` writes to staff.
It never opens a client's record.
"""
