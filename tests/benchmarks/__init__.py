"""What tracker promises in time and space, measured beside the floor and beside its peers.

    python -m tests.benchmarks [NAME ...] [--quick] [--write]

One module for each promise has a function `measure`. What it times runs in fresh processes, ours
and theirs in turn, round after round, so that a busy machine is busy for all of them.
"""
