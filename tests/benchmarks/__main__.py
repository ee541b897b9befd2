"""The command: measure what is named, or everything, and print the tables."""

from __future__ import annotations

import argparse
import sys
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

from tests.benchmarks import machine, report
from tests.benchmarks.bench import Bench
from tests.benchmarks.figures import Findings
from tests.benchmarks.processes import ROOT

NAMES = [
    "log_metric",
    "sigkill",
    "whole_run",
    "imports",
    "load_ext",
    "track_cell",
    "history",
    "disk",
    "search",
    "frame",
    "growth",
]
"""Modules here with a function `measure`, in the order of the tables."""


def main() -> int:
    """Return 1 where a promise does not hold."""
    arguments = _parser().parse_args()
    if arguments.write and (arguments.names or arguments.quick):
        _parser().error("--write writes the page of a whole run: leave names and --quick out")
    with TemporaryDirectory(prefix="tracker-bench-") as folder:
        bench = Bench.at(Path(folder), quick=arguments.quick)
        facts = machine.describe(bench.folder)
        for name, fact in facts.items():
            print(f"{name}: {fact}")
        findings = [_measure(name, bench) for name in arguments.names or NAMES]
    print("", report.as_text(findings), sep="\n")
    if arguments.write:
        (ROOT / "BENCHMARKS.md").write_text(report.as_page(findings, facts))
    return int(any(row.holds is False for found in findings for row in found.rows))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=main.__doc__)
    parser.add_argument("names", nargs="*", choices=[*NAMES, []], help="default: all")
    parser.add_argument("--quick", action="store_true", help="small sizes: does it work?")
    parser.add_argument("--write", action="store_true", help="write BENCHMARKS.md")
    return parser


def _measure(name: str, bench: Bench) -> Findings:
    print(f"... {name}", end="", flush=True, file=sys.stderr)
    begin = perf_counter()
    findings: Findings = import_module(f"tests.benchmarks.{name}").measure(bench)
    print(f" {perf_counter() - begin:.0f} s", file=sys.stderr)
    return findings


if __name__ == "__main__":
    sys.exit(main())
