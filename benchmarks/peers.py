"""The programs that we compare ourselves with, in an environment of their own.

They are no dependencies of the project: they are installed below ``.state`` the first time that a
benchmark asks for them, in the versions that are named here.
"""

import fcntl
import json
import subprocess
import sys
from pathlib import Path

FOLDER = Path(__file__).parents[1] / ".state" / "bench-peers"

PINS = {
    "exactextract": "0.3.0",
    "geopandas": "1.2.0",
    "httptools": "0.9.0",
    "networkx": "3.6.1",
    "pygeoapi": "0.21.0",
    "rasterstats": "0.21.0",
    "rio-tiler": "9.4.12",
    "tipg": "1.6.1",
    "titiler.core": "2.4.0",
    "uvicorn": "0.54.0",
    "uvloop": "0.23.0",
}

_INSTALLED = (
    "import importlib.metadata as m, json;"
    "print(json.dumps({d.name.lower().replace('_', '-').replace('.', '-'): d.version"
    " for d in m.distributions()}))"
)


class PeersMissingError(RuntimeError):
    """A peer could not be installed; the message says which and why, in one sentence."""


def peer_python(*requirements: str) -> Path:
    """Give the Python of the environment in which the named peers are installed.

    ``requirements`` are names in :data:`PINS`; what is missing is installed from PyPI, once. Two
    benchmarks that ask at the same time wait for each other.

    Raises:
        KeyError: a peer that has no pinned version here.
        PeersMissingError: there is no environment, or PyPI does not give the package.
    """
    wanted = {name: PINS[name] for name in requirements}
    FOLDER.mkdir(parents=True, exist_ok=True)
    python = FOLDER / "bin" / "python"
    with (FOLDER / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not python.exists():
            _run([sys.executable, "-m", "venv", str(FOLDER)], "no environment for peers")
        found = installed(python)
        missing = [f"{n}=={v}" for n, v in wanted.items() if found.get(_plain(n)) != v]
        if missing:
            print(f"  installing for comparison only: {' '.join(missing)}", flush=True)
            _run([str(python), "-m", "pip", "install", "-q", *missing], " ".join(missing))
    return python


def installed(python: Path) -> dict[str, str]:
    """Give the version of everything that an environment holds, by normalised name."""
    run = subprocess.run([python, "-c", _INSTALLED], capture_output=True, text=True, check=True)
    found: dict[str, str] = json.loads(run.stdout)
    return found


def _plain(name: str) -> str:
    return name.lower().replace("_", "-").replace(".", "-")


def _run(command: list[str], what: str) -> None:
    try:
        subprocess.run(command, capture_output=True, text=True, check=True, timeout=900)
    except (OSError, subprocess.SubprocessError) as error:
        said = getattr(error, "stderr", None) or str(error)
        last = said.strip().splitlines()[-1] if said.strip() else "no message"
        raise PeersMissingError(f"Not installed: {what} ({last}).") from error
