"""How long `import` takes, in a fresh interpreter, measured inside it."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys

from harness import ONE_THREAD, ROOT, Table, seconds

SCRIPT = """
import json, sys
from time import perf_counter
before = set(sys.modules)
start = perf_counter()
try:
    import {module}
    print(json.dumps([perf_counter() - start, len(set(sys.modules) - before)]))
except ModuleNotFoundError as error:
    print(json.dumps("not installed: " + str(error.name)))
"""


def run(*, quick: bool) -> list[Table]:
    """Rows for chalkgrad and its peers; files are in the system's cache after the first, unmeasured, round."""
    modules = {
        "autograd": "chalkgrad's engine",
        "nn": "chalkgrad's networks, engine included",
        "micrograd.engine": "",
        "numpy": "",
        "torch": "",
    }
    rounds = 3 if quick else 11
    results: dict[str, list] = {module: [] for module in modules}
    problems: dict[str, str] = {}
    env = {
        **os.environ,
        **ONE_THREAD,
        "PYTHONPATH": os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH", "")])),
    }
    for i in range(rounds + 1):
        for module in modules:
            if module in problems or (module == "torch" and i > 5):
                continue
            done = subprocess.run(
                [sys.executable, "-c", SCRIPT.format(module=module)],
                capture_output=True,
                text=True,
                env=env,
                check=False,
            )
            answer = json.loads(done.stdout) if done.returncode == 0 else "stopped with an error"
            if isinstance(answer, str):
                problems[module] = answer
            elif i:
                results[module].append(answer)
    rows = []
    for module, what in modules.items():
        name = f"`import {module}`" + (f" ({what})" if what else "")
        if module in problems:
            rows.append([name, problems[module], "–"])
        else:
            rows.append([name, seconds(statistics.median(t for t, _ in results[module])), str(results[module][0][1])])
    return [
        Table(
            "Import",
            ["fresh process", "median", "modules loaded"],
            rows,
            ["Mark: `import autograd` below 50 ms, the standard library alone."],
        )
    ]
