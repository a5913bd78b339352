"""Start-up: `make run` prepares the database, starts Redis, web, worker and beat, and stops them together.

Others use nothing of it; `practice.settings` asks it for the Redis socket.
It never starts without the settings that a real site needs.
"""
