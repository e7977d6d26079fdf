"""All benchmarks, one command: `python tests/benchmarks/run.py [--quick] [section …]`.

Prints Markdown tables that can be pasted into the README. A peer that is not
installed gives a row that says so; `pip install 'chalkgrad[bench]'` brings them.
"""

from __future__ import annotations

import argparse
import importlib
import os
import sys
import time

from harness import ONE_THREAD, ROOT, machine

os.environ.update(ONE_THREAD)
sys.path.insert(0, str(ROOT))  # measure this checkout, whatever is installed

SECTIONS = {
    "step": "eager",
    "nodes": "nodes",
    "import": "imports",
    "load": "loading",
    "draw": "drawing",
    "compiled": "compiled",
    "irregular": "irregular",
    "scale": "scale",
    "play": "playing",
}


def main() -> None:
    """Run the sections asked for, in order."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sections", nargs="*", metavar="section", help=f"{', '.join(SECTIONS)} (all)")
    parser.add_argument("--quick", action="store_true", help="fewer runs, smaller sizes")
    arguments = parser.parse_args()
    unknown = [s for s in arguments.sections if s not in SECTIONS]
    if unknown:
        parser.error(f"no section is called {', '.join(unknown)}; there are {', '.join(SECTIONS)}")
    start = time.perf_counter()
    print(f"{machine()}. Medians of runs interleaved between the peers, each in a process of its own.\n")
    for section in arguments.sections or SECTIONS:
        for table in importlib.import_module(SECTIONS[section]).run(quick=arguments.quick):
            print(table, flush=True)
    print(f"({time.perf_counter() - start:.0f} s)")


if __name__ == "__main__":
    main()
