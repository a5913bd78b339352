"""The site as a whole: landing page, style guide, error page, metrics for a monitor, and what every template may use.

Others may use `metrics` and `signals` to add metrics.
It never shows a client, a practice or an address to the monitor.
"""
