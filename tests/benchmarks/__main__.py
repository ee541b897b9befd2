"""The command: measure what is named, or everything, and print the tables."""

from __future__ import annotations

import argparse
import sys
import traceback
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
    "capture",
    "history",
    "disk",
    "search",
    "frame",
    "growth",
    "server",
    "panel",
]
"""Modules here with a function `measure`, in the order of the tables."""


def main() -> int:
    """Return 1 where a promise does not hold, or could not be measured."""
    arguments = _parser().parse_args()
    if arguments.write and arguments.quick:
        _parser().error("--write is for figures that count: leave --quick out")
    with TemporaryDirectory(prefix="tracker-bench-") as folder:
        bench = Bench.at(Path(folder), quick=arguments.quick)
        facts = machine.describe(bench.folder)
        for name, fact in facts.items():
            print(f"{name}: {fact}")
        failed: list[str] = []
        findings = [_measure(name, bench, failed) for name in arguments.names or NAMES]
    print("", report.as_text(findings), sep="\n")
    if arguments.write:
        page = ROOT / "BENCHMARKS.md"
        text = page.read_text() if arguments.names else report.as_page(findings, facts)
        for found in findings if arguments.names else ():
            text = report.with_chapter(text, found, facts)
        page.write_text(text)
    return int(bool(failed) or any(row.holds is False for it in findings for row in it.rows))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=main.__doc__)
    parser.add_argument("names", nargs="*", choices=[*NAMES, []], help="default: all")
    parser.add_argument("--quick", action="store_true", help="small sizes: does it work?")
    parser.add_argument("--write", action="store_true", help="write BENCHMARKS.md")
    return parser


def _measure(name: str, bench: Bench, failed: list[str]) -> Findings:
    print(f"... {name}", end="", flush=True, file=sys.stderr)
    begin = perf_counter()
    try:
        findings: Findings = import_module(f"tests.benchmarks.{name}").measure(bench)
    except Exception as error:  # it shall not cost what the others take an hour to find
        traceback.print_exc()
        findings = Findings(name, notes=[f"`{name}` could not be measured: {_first_line(error)}"])
        failed.append(name)
    print(f" {perf_counter() - begin:.0f} s", file=sys.stderr)
    return findings


def _first_line(error: Exception) -> str:
    return f"{type(error).__name__}: {error}".partition("\n")[0]


if __name__ == "__main__":
    sys.exit(main())
