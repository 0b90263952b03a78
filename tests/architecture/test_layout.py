"""What must hold for the tree of sources as a whole."""

import json
import os
import platform
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

CHECKOUT = Path(__file__).parents[2]
MAX_LINES = 320
MAX_BYTES = 2**20
# Generated, or not ours.
GENERATED = re.compile(r"/migrations/|^frontend/src/api/|^frontend/openapi\.json$|^tests/conf/compose-spec\.json$")


def sources() -> list[Path]:
    """Every file that git keeps or would keep, relative to the checkout."""
    listing = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=CHECKOUT,
        capture_output=True,
        check=True,
    )
    names = sorted(set(os.fsdecode(listing.stdout).split("\0")) - {""})
    return [Path(name) for name in names if (CHECKOUT / name).is_file()]


def texts(*suffixes: str) -> Iterator[tuple[Path, str]]:
    for path in sources():
        if path.suffix in suffixes and not GENERATED.search(path.as_posix()):
            yield path, (CHECKOUT / path).read_text()


def imported_by(statement: str) -> set[str]:
    """The names of all modules that a fresh Python holds after `statement`."""
    code = f"{statement}\nimport sys, json; print(json.dumps(sorted(sys.modules)))"
    environment = os.environ | {"PYTHONPATH": f"{CHECKOUT / 'platform'}{os.pathsep}{CHECKOUT}"}
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, check=True, env=environment, cwd=CHECKOUT
    )
    return {name.split(".")[0] for name in json.loads(result.stdout.splitlines()[-1])}


def test_platform_stays_pythons_own_module():
    assert not (CHECKOUT / "platform" / "__init__.py").exists()
    assert platform.python_version()


def test_the_machine_learning_knows_neither_django_nor_celery():
    modules = [
        ".".join(path.with_suffix("").parts).removesuffix(".__init__")
        for path in sources()
        if path.parts[0] == "ml" and path.suffix == ".py"
    ]
    assert modules
    loaded = imported_by("\n".join(f"import {module}" for module in modules))
    assert loaded & {"django", "celery", "heedful", "workers"} == set()


def test_the_web_server_loads_no_model():
    loaded = imported_by("import heedful.conf.wsgi, heedful.conf.urls")
    assert "django" in loaded
    assert loaded & {"torch", "onnxruntime", "onnx", "ml", "workers"} == set()


def test_a_module_fits_in_a_head():
    lines = {path: len(text.splitlines()) for path, text in texts(".py", ".ts", ".tsx", ".mjs", ".css")}
    assert {path: count for path, count in lines.items() if count > MAX_LINES} == {}


def test_no_file_is_large():
    sizes = {path: (CHECKOUT / path).stat().st_size for path in sources()}
    assert {path: size for path, size in sizes.items() if size > MAX_BYTES} == {}


def test_no_source_knows_where_it_was_written():
    """No path of somebody's own machine, and no address of a package registry."""
    here = re.compile(
        r"(?<![\w.$}/-])/(home|Users|root|work|mnt)/\w|find-links|registry\.npmjs|pypi\.org|pythonhosted|download\.pytorch"
    )
    suffixes = (".py", ".ts", ".tsx", ".mjs", ".json", ".toml", ".txt", ".md", ".yml", ".html", "")
    found = {
        path: match.group()
        for path, text in texts(*suffixes)
        if path != Path(__file__).relative_to(CHECKOUT) and (match := here.search(text))
    }
    assert found == {}


def test_the_frontends_lock_names_no_registry():
    lock = json.loads((CHECKOUT / "frontend" / "package-lock.json").read_text())
    assert lock["packages"]
    assert [name for name, package in lock["packages"].items() if "resolved" in package] == []


def test_the_frontends_lock_names_the_packages_of_every_system():
    """npm ci refuses one that does not, and npm writes one where a registry lacks a system's package."""
    packages = json.loads((CHECKOUT / "frontend" / "package-lock.json").read_text())["packages"]
    known = {name.rpartition("node_modules/")[2] for name in packages}
    wanted = {dependency for each in packages.values() for dependency in each.get("optionalDependencies", {})}
    assert wanted - known == set()
