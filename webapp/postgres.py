"""What this machine has of PostgreSQL, and which processes run on a cluster."""

import os
import pwd
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

INSTALLATIONS = "/usr/lib/postgresql"
SHARED_FILES = "/usr/share/postgresql"


class EmbeddedServerError(RuntimeError):
    """The embedded database can't be used; the message says why and what to do."""


@dataclass(frozen=True)
class Installation:
    """The programs of one major version of PostgreSQL that also has PostGIS."""

    major: int
    programs: Path


@dataclass(frozen=True)
class Account:
    """The user of this machine that PostgreSQL runs as."""

    name: str
    user: int
    group: int

    @property
    def switch(self) -> dict[str, object]:
        """The arguments that make `subprocess` start a program as this account."""
        if os.geteuid() != 0:
            return {}
        return {"user": self.user, "group": self.group, "extra_groups": []}


def installations(
    programs: str = INSTALLATIONS, shared: str = SHARED_FILES
) -> dict[int, Installation]:
    """Every major version that has both a server and PostGIS."""
    found = {}
    for folder in Path(programs).glob("*/bin"):
        version = folder.parent.name
        extension = Path(shared) / version / "extension" / "postgis.control"
        if version.isdigit() and (folder / "postgres").exists() and extension.exists():
            found[int(version)] = Installation(int(version), folder)
    return found


def newest_installation() -> Installation:
    """The newest usable version; says which packages to install when there is none."""
    found = installations()
    if not found:
        raise EmbeddedServerError(
            "PostgreSQL with PostGIS was not found on this machine. Install the packages "
            "postgresql and postgresql-postgis of your distribution, or set DATABASE_URL to a "
            "PostgreSQL server that has PostGIS."
        )
    return found[max(found)]


def installation_for(cluster: Path) -> Installation:
    """The version that made this cluster; another version can't read its files."""
    major = cluster_version(cluster)
    found = installations()
    if major in found:
        return found[major]
    present = ", ".join(str(version) for version in sorted(found)) or "none"
    raise EmbeddedServerError(
        f"The database in {cluster} was made by PostgreSQL {major}, and this machine has: "
        f"{present}. Nothing was changed. Install postgresql-{major} and "
        f"postgresql-{major}-postgis-3 to use it as it is, or dump it with version {major} and "
        f"load it into a new one (docs: pg_dump, pg_restore). To start empty, move the folder "
        f"{cluster.parent} aside first."
    )


def cluster_version(cluster: Path) -> int:
    """The major version written in the cluster itself."""
    try:
        text = (cluster / "PG_VERSION").read_text(encoding="ascii").strip()
    except (FileNotFoundError, UnicodeDecodeError):
        text = ""
    if not re.fullmatch(r"\d{2}", text):
        raise EmbeddedServerError(
            f"{cluster} is not a complete PostgreSQL database: its file PG_VERSION is missing or "
            f"unreadable. Nothing was changed. Put back a backup, or move the folder "
            f"{cluster.parent} aside to start empty."
        )
    return int(text)


def account_for(directory: Path) -> Account:
    """Who PostgreSQL runs as: ourselves, or for root the owner of the files, postgres or nobody."""
    if os.geteuid() != 0:
        return _account(pwd.getpwuid(os.geteuid()))
    if directory.exists() and (owner := directory.stat().st_uid) != 0:
        return _account_of_user(owner)
    for name in ("postgres", "nobody"):
        try:
            return _account(pwd.getpwnam(name))
        except KeyError:
            continue
    raise EmbeddedServerError(
        "PostgreSQL refuses to run as root, and this machine has no user postgres or nobody. "
        "Run the command as an ordinary user."
    )


def _account(entry: pwd.struct_passwd) -> Account:
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)


def _account_of_user(user: int) -> Account:
    try:
        return _account(pwd.getpwuid(user))
    except KeyError:  # a folder that came from another machine or container
        return Account(str(user), user, user)


def can_reach(directory: Path, account: Account) -> bool:
    """Whether the account may pass through every folder above `directory`."""
    existing = next(folder for folder in directory.parents if folder.exists())
    passable = subprocess.run(["test", "-x", existing], cwd="/", check=False, **account.switch)
    return passable.returncode == 0


def processes_in(cluster: Path) -> list[int]:
    """The processes that work in this cluster: PostgreSQL's current folder is its cluster."""
    return [process for process in _processes() if _works_in(process, cluster)]


def _processes() -> Iterator[int]:
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            yield int(entry.name)


def _works_in(process: int, cluster: Path) -> bool:
    try:
        here = Path(f"/proc/{process}/cwd").stat()
        there = cluster.stat()
        name = Path(f"/proc/{process}/comm").read_text(encoding="utf-8")
    except OSError:
        return False
    same_folder = (here.st_dev, here.st_ino) == (there.st_dev, there.st_ino)
    return same_folder and name.startswith("postgres")


def dies_with_parent(command: list[str], signal_name: str) -> list[str]:
    """The same command, sent `signal_name` by the kernel when the thread that starts it ends."""
    setpriv = shutil.which("setpriv")
    return [setpriv, "--pdeathsig", signal_name, "--", *command] if setpriv else command
