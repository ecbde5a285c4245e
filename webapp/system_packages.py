"""Running programs at set-up, and the packages that Debian or Ubuntu must have installed.

Uses the standard library only: `bootstrap.py` loads it before any package is installed.
"""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
# What the maker of PDF files loads, and the package that carries it.
PRINT_LIBRARIES = {
    "libpango-1.0.so.0": "libpango-1.0-0",
    "libpangoft2-1.0.so.0": "libpangoft2-1.0-0",
    "libharfbuzz-subset.so.0": "libharfbuzz-subset0",
}
POSTGRES_OF = {"bookworm": "15", "trixie": "17", "noble": "16", "plucky": "17"}

# What tools print, and what that means for whoever typed `make`.
CAUSES = (
    (r"No space left on device|ENOSPC|not enough free space", "The disk is full: make room."),
    (
        r"DO NOT MATCH THE HASHES|EINTEGRITY|[Hh]ash mismatch",
        "A downloaded package is not the one in the lock file, so it was not installed. Try "
        "again later; if it stays, somebody changed the package or the line to it.",
    ),
    (
        r"name resolution|Could not resolve|Temporary failure|dns error|ENOTFOUND|EAI_AGAIN"
        r"|ECONNREFUSED|ECONNRESET|ETIMEDOUT|Network is unreachable|Connection refused"
        r"|Failed to establish a new connection|Failed to connect|timed out|error sending request",
        "The package registry can't be reached: check the network (and proxy) of this machine.",
    ),
    (
        r"\b[E ]?50[0-4] (Server|Service|Internal|Bad|Gateway)|\bE50[0-4]\b|Service Unavailable",
        "The package registry has a disturbance: try again in a few minutes.",
    ),
    (r"Permission denied|EACCES", "A file or folder of the project may not be written by you."),
    (r"incorrect password|password is required|not in the sudoers", "sudo was refused."),
    (r"Could not get lock|is another process using it", "Another installation is busy: wait."),
)


class SetupError(Exception):
    """Set-up can't go on; the message says why and what to do."""


def say(step: str) -> None:
    """One plain line per step."""
    print(f"· {step}", flush=True)


def run(command: list[str], why: str, environment: dict[str, str] | None = None) -> None:
    """Run quietly; when it fails, say why in a sentence."""
    done = subprocess.run(
        command,
        env={**os.environ, **(environment or {})},
        text=True,
        errors="replace",
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )
    if done.returncode != 0:
        raise SetupError(f"{why}. {cause(done.stdout)}")


def cause(printed: str) -> str:
    """What a failing program printed, in a sentence with what to do."""
    for pattern, meaning in CAUSES:
        if re.search(pattern, printed):
            return meaning
    return "It said: " + " ".join(printed.strip().splitlines()[-3:])


def output(command: list[str]) -> str:
    """What a program prints; nothing when it isn't there."""
    try:
        return subprocess.run(command, capture_output=True, text=True, check=False).stdout
    except OSError:
        return ""


def install_system_packages(goal: str) -> None:
    """PostGIS always, unless another server is named; a browser when there are tests to run."""
    required = missing_packages(goal, dict(os.environ))
    optional = missing_browser(goal)
    if not required and not optional:
        return
    privilege = find_privilege()
    if required and privilege is None:
        raise SetupError(advice(required))
    if privilege is not None:
        packages = [*required, *optional]
        say(f"Installing {', '.join(packages)}")
        run(apt_command(packages, privilege), "The packages were not installed")


def missing_packages(goal: str, environment: dict[str, str]) -> list[str]:
    """The packages that must be there and are not."""
    wanted = []
    if not has_postgis() and not (goal == "run" and environment.get("DATABASE_URL")):
        version = distribution_postgres()
        wanted = [f"postgresql-{version}", f"postgresql-{version}-postgis-3"]
    if not has_environment_maker():
        wanted.append("python3-venv")
    wanted += [package for name, package in PRINT_LIBRARIES.items() if not has_library(name)]
    if wanted and not Path("/etc/ssl/certs/ca-certificates.crt").exists():
        wanted.append("ca-certificates")
    return wanted


def missing_browser(goal: str) -> list[str]:
    """Chromium where the distribution has it as a package; elsewhere browser tests are skipped."""
    if goal != "test":
        return []
    # Playwright drives the browser with a Node of its own, which needs this library.
    driver = [] if has_library("libatomic.so.1") else ["libatomic1"]
    if any(map(shutil.which, BROWSERS)):
        return driver
    if _release().get("ID") == "debian":
        return ["chromium", *driver]
    say("No Chromium or Chrome was found: browser tests will be skipped")
    return []


def has_library(name: str, root: str = "/") -> bool:
    """Whether a shared library of the system is there."""
    return any(Path(root).glob(f"usr/lib/*/{name}")) or any(Path(root).glob(f"usr/lib*/{name}"))


def has_postgis(
    programs: str = "/usr/lib/postgresql", shared: str = "/usr/share/postgresql"
) -> bool:
    """Whether some version of PostgreSQL on this machine also has PostGIS."""
    return any(
        Path(shared, server.parent.parent.name, "extension", "postgis.control").exists()
        for server in Path(programs).glob("*/bin/postgres")
    )


def has_environment_maker() -> bool:
    """uv, or a Python that can make virtual environments (Debian splits that off)."""
    if (PROJECT / ".venv/bin/python").exists() or shutil.which("uv"):
        return True
    return all(importlib.util.find_spec(name) for name in ("venv", "ensurepip"))


def distribution_postgres() -> str:
    """The version of PostgreSQL that the distribution carries."""
    if shutil.which("apt-cache"):
        listing = output(["apt-cache", "depends", "postgresql"])
        if found := re.search(r"Depends: postgresql-(\d+)", listing):
            return found[1]
    codename = _release().get("VERSION_CODENAME", "")
    return POSTGRES_OF.get(codename, "15")


def find_privilege() -> list[str] | None:
    """How to install packages: directly, through sudo, or not at all (None)."""
    if not shutil.which("apt-get"):
        return None
    if os.geteuid() == 0:
        return []
    if not shutil.which("sudo"):
        return None
    if subprocess.run(["sudo", "-n", "true"], capture_output=True, check=False).returncode == 0:
        return ["sudo", "-n"]
    return ["sudo"] if sys.stdin.isatty() else None


def advice(packages: list[str]) -> str:
    """What to tell a user who may not install packages."""
    return (
        f"Missing on this machine: {', '.join(packages)}. You may not install packages here "
        f"(not root, no sudo), so ask somebody who may to run\n\n"
        f"    apt-get install --no-install-recommends {' '.join(packages)}\n\n"
        f"and run make again. A PostgreSQL server elsewhere works too: set DATABASE_URL."
    )


def apt_command(packages: list[str], privilege: list[str]) -> list[str]:
    """Install without the recommended extras and without the cluster `main`, which would start a
    server of its own. The setting for that exists only while the packages are installed."""
    script = """
        folder=/etc/postgresql-common/createcluster.d
        setting=$folder/zz-balanskaart-set-up.conf
        tidy() {
            rm -f "$setting"
            dpkg-query -S "$folder" >/dev/null 2>&1 || rmdir "$folder" "${folder%/*}" || true
        }
        trap tidy EXIT
        mkdir -p "$folder"
        echo 'create_main_cluster = false' > "$setting"
        export DEBIAN_FRONTEND=noninteractive
        apt-get update -q
        apt-get install -q -y --no-install-recommends "$@"
    """
    return [*privilege, "sh", "-euc", script, "set-up", *packages]


def _release() -> dict[str, str]:
    try:
        text = Path("/etc/os-release").read_text(encoding="utf-8")
    except FileNotFoundError:
        return {}
    pairs = (line.partition("=") for line in text.splitlines())
    return {name: value.strip('"') for name, _, value in pairs}
