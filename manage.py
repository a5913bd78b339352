#!/usr/bin/env python
"""Starts any command of Sole Practice."""

import os
import sys

from django.core.exceptions import ImproperlyConfigured

from practice.starting import refuse


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "practice.settings")
    from django.core.management import execute_from_command_line

    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as fault:
        refuse(fault)


if __name__ == "__main__":
    main()
