#!/usr/bin/env python
"""Starts any command of Sole Practice."""

import os
import sys

from django.core.exceptions import ImproperlyConfigured

from practice.core.startup_errors import refuse


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "practice.settings")
    if sys.argv[1:2] == ["screen"]:
        # Screening cases touches neither clients nor secrets, so it runs on a machine that has none.
        os.environ.setdefault("DEMO", "1")
    from django.core.management import execute_from_command_line

    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as fault:
        refuse(fault)


if __name__ == "__main__":
    main()
