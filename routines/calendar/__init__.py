"""The routine as a calendar file.

Others use nothing of it.
It never carries a health word into somebody's calendar.
"""
