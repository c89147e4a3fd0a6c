"""Runs every benchmark, one after the other, and prints their tables.

python benchmarks/run_all.py
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

SCRIPTS = (
    "logging_cost",
    "durability",
    "capture_cost",
    "record_size",
    "long_heads",
    "sample_size",
    "generation",
    "overhead",
    "embeddings",
    "structure_cost",
    "evaluation_cost",
    "page_speed",
    "samples_page_speed",
    "structure_page_speed",
    "serving",
)


def main() -> int:
    """Returns 0 if all ran."""
    here = Path(__file__).resolve().parent
    codes = []
    for script in SCRIPTS:
        print(f"\n## {script}\n", flush=True)
        codes.append(subprocess.call([sys.executable, here / f"{script}.py"]))
    return max(codes)


if __name__ == "__main__":
    sys.exit(main())
