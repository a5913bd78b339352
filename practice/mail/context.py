"""What the words of a message are made of."""

from typing import TypeAlias

MailContext: TypeAlias = dict[str, str | list[dict[str, str]]]
"""Name in the template -> a word, an address or a key, or a list of groups of them; kept sealed, as JSON."""
