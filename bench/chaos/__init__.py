"""Everything fails while reminders leave: real processes, real faults, on the loopback. `python -m bench.chaos`."""
