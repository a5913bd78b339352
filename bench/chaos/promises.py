"""What was promised, what was measured, and whether the bar was met."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Promise:
    """`bar` None: a figure to know, not a promise."""

    what: str
    measured: str
    bar: str | None = None
    kept: bool = True


def none_of(what: str, found: int) -> Promise:
    return Promise(what, str(found), "0", found == 0)


def at_most(what: str, seconds: float, bar: float) -> Promise:
    return Promise(what, f"{seconds:.1f} s", f"<= {bar:.0f} s", seconds <= bar)


def all_of(what: str, there: int, wanted: int) -> Promise:
    share = 100.0 if not wanted else 100.0 * there / wanted
    return Promise(what, f"{share:.0f} % ({there} of {wanted})", "100 %", there == wanted)


def known(what: str, measured: object) -> Promise:
    return Promise(what, str(measured))


def show(promises: list[Promise]) -> int:
    """One line each. The number of promises broken."""
    for one in promises:
        verdict = "" if one.bar is None else f"bar {one.bar:<10}{'kept' if one.kept else 'BROKEN'}"
        print(f"  {one.what:<58}{one.measured:>22}   {verdict}".rstrip(), flush=True)
    return sum(not one.kept for one in promises)
