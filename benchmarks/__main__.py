"""`make bench`: run every bench_*.py beside this file, or those that are named."""

import sys
from importlib import import_module
from pathlib import Path


def main(wanted: list[str]) -> None:
    """Run the benchmarks one after the other."""
    found = sorted(path.stem for path in Path(__file__).parent.glob("bench_*.py"))
    for name in found:
        if not wanted or name.removeprefix("bench_") in wanted:
            print(f"\n{name}", flush=True)
            import_module(f"benchmarks.{name}").main()


main(sys.argv[1:])
