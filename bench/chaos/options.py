"""The sizes of each run: small in tests, full for the table."""

from dataclasses import dataclass

#: what -> (n, kills) in the small and in the full size.
SMALL = {
    "kills": (300, 8),
    "scheduler": (60, 0),
    "clock": (100, 0),
    "stop": (20, 0),
    "smtp": (4, 0),
    "punctual": (300, 0),
    "broker": (150, 4),
}
FULL = {
    "kills": (100_000, 1000),
    "scheduler": (10_000, 0),
    "clock": (10_000, 0),
    "stop": (1000, 0),
    "smtp": (1000, 0),
    "punctual": (10_000, 0),
    "broker": (10_000, 100),
}
EVERYTHING = tuple(SMALL)


@dataclass(frozen=True)
class Options:
    """`full`: with the product's own times (leases of 90 s) instead of the short ones of tests.

    `resend`: the mail provider knows an idempotency key, so what is in doubt is repeated instead of held.
    """

    what: str
    n: int
    kills: int
    seed: int
    full: bool = False
    resend: bool = False

    @property
    def patience(self) -> float:
        """Seconds that a run may take to settle after its last fault before the rest counts as lost."""
        return 1800 if self.full else 60 + self.n / 20
