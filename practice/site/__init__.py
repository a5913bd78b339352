"""The site as a whole: landing page, style guide, error page, figures for a monitor, and what every template may ask.

Others may use `metrics` and `signals` to add figures.
It never shows a client, a practice or an address to the monitor.
"""
