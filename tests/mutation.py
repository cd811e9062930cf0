"""
`make mutate`: change the core a little, thousands of times, and see whether a test notices.

Runs mutmut over milepost/core with the core's own tests and prints how many mutants of each module were
killed. MUTANTS names some of them ("milepost.core.rounding.*"; "*7" is a tenth of all). Ends with 1 when
fewer than 90 percent were killed.
"""

import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

ASKED_PERCENT = 90
EXAMPLES = "10"
BIN = Path(sys.executable).parent
ROOT = Path(__file__).parents[1]
RESULT = re.compile(r"\s*milepost\.core\.(\w+)\.(\S+): (.+)")
KILLED = frozenset({"killed", "timeout", "segfault", "caught by type check"})


def main() -> int:
    wanted = os.environ.get("MUTANTS", "").split()
    # What an earlier run has found out belongs to another core, or to other tests.
    shutil.rmtree(ROOT / "mutants", ignore_errors=True)
    run("run", *wanted, quiet=not sys.stdout.isatty())
    results = RESULT.findall(run("results", "--all", "true", quiet=True))
    done = [(module, name, how) for module, name, how in results if how != "not checked"]
    for module, name, how in done:
        if how not in KILLED:
            sys.stdout.write(f"milepost.core.{module}.{name}: {how}\n")
    return report(Counter(module for module, _, _ in done), Counter(m for m, _, how in done if how in KILLED))


def run(*words: str, quiet: bool) -> str:
    """mutmut's own words; its progress only where somebody watches."""
    few = os.environ | {"MILEPOST_EXAMPLES": os.environ.get("MILEPOST_EXAMPLES", EXAMPLES)}
    out = subprocess.PIPE if quiet else None
    made = subprocess.run([BIN / "mutmut", *words], cwd=ROOT, env=few, stdout=out, text=True, check=False)
    if made.returncode:
        sys.stdout.write((made.stdout or "")[-3000:])
        raise SystemExit(made.returncode)
    return made.stdout or ""


def report(made: Counter[str], killed: Counter[str]) -> int:
    for module in sorted(made):
        share = 100 * killed[module] / made[module]
        sys.stdout.write(f"{module:20} {killed[module]:5} of {made[module]:5} {share:6.1f} %\n")
    whole = 100 * killed.total() / (made.total() or 1)
    sys.stdout.write(f"{'core':20} {killed.total():5} of {made.total():5} {whole:6.1f} %\n")
    return int(whole < ASKED_PERCENT)


if __name__ == "__main__":
    sys.exit(main())
