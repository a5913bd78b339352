"""Zones, regions, techniques, tools and protocols: versions, admin and pages.

Others may use `types`, `places`, `methods`, `search`, `versions`, `markable`, `models` and `signals`.
It never knows a client, and never changes a version that a plan was built on.
"""
