"""One refusal for all records that several people edit: the page was out of date."""

from typing import Literal

Edited = Literal["answers", "case", "draft", "local rules", "rules"]


class EditConflict(Exception):
    """What the page showed is not what is saved any more; nothing was written. `of` says what has changed."""

    def __init__(self, of: Edited) -> None:
        super().__init__(of)
        self.of = of
