"""Signals that ask: what the rooms above answer."""

from typing import Any

from django.dispatch import Signal


def ask(signal: Signal, sender: type[Any], **question: Any) -> list[Any]:
    """The answer of each receiver of `signal`, an empty list when nobody listens. Raises whatever a receiver raises."""
    return [answer for _receiver, answer in signal.send(sender, **question)]
