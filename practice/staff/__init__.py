"""The practice's seats: inviting, changing and closing them, and the addresses that staff sign in with.

Others use nothing of it; settings name its adapter for sign-in mail.
It never opens a client's record.
"""
