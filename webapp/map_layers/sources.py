"""Where the file of an import comes from: a path, an upload that was kept, or the publisher."""

import re
import shutil
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import requests

from layers.layer import Layer
from layers.sources.http import SourceUnavailable, session
from layers.sources.services import allowed_host
from layers.sources.vector_files import FileRefusedError
from webapp.map_layers.queries import layer_store

MAX_DOWNLOAD_BYTES = 20_000_000_000
MAX_REDIRECTS = 3
BLOCK = 1 << 20
TIMEOUT = (5.0, 60.0)
_YEAR = re.compile(r"(?<!\d)(19[89]\d|20\d\d)(?!\d)")
_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")

Progress = Callable[[int, int], None]


def incoming_folder() -> Path:
    """Where files wait for their import."""
    folder = layer_store() / "incoming"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder


def safe_name(name: str) -> str:
    """A file name that cannot leave its folder."""
    return _UNSAFE.sub("_", Path(name.replace("\\", "/")).name).strip("._")[:100] or "file"


def edition_in(name: str) -> str | None:
    """The year in a file name, when there is exactly one."""
    years = set(_YEAR.findall(name))
    return years.pop() if len(years) == 1 else None


def download(
    layer: Layer, hosts: Iterable[str], progress: Progress, open_session: Any = None
) -> Path:
    """Fetch the publisher's file; one that was cut goes on where it stopped.

    Raises `FileRefusedError` when there is no address, `HostRefusedError` when its host is not on
    the list, and `SourceUnavailable` when the host does not give the file.
    """
    if layer.download is None:
        raise FileRefusedError(
            f"{layer.id} has no address to fetch it from; see {layer.source.url} and give the path "
            "of the file."
        )
    name = safe_name(unquote(urlsplit(layer.download).path)) or layer.id
    folder = incoming_folder() / layer.id
    folder.mkdir(exist_ok=True, mode=0o700)
    target = folder / name
    partial = folder / f"{name}.part"
    opened = open_session or session()
    try:
        _fetch(opened, layer.download, frozenset(hosts), partial, progress)
    except requests.RequestException as error:
        host = urlsplit(layer.download).hostname
        raise SourceUnavailable(
            f"{host} could not be reached or stopped half-way; what was fetched is kept."
        ) from error
    partial.replace(target)
    return target


def _fetch(
    opened: Any, address: str, hosts: frozenset[str], partial: Path, progress: Progress
) -> None:
    start = partial.stat().st_size if partial.exists() else 0
    with _answer(opened, address, hosts, start) as answer:
        goes_on = answer.status_code == 206
        done = start if goes_on else 0
        total = done + int(answer.headers.get("Content-Length") or 0)
        with partial.open("ab" if goes_on else "wb") as file:
            for block in answer.iter_content(BLOCK):
                done += len(block)
                if done > MAX_DOWNLOAD_BYTES:
                    raise SourceUnavailable("The file is larger than is accepted.")
                file.write(block)
                progress(done, max(total, done))
    if total > done:
        raise SourceUnavailable("The file stopped half-way; what was fetched is kept.")


def _answer(opened: Any, address: str, hosts: frozenset[str], start: int) -> Any:
    """The open answer, after redirects to hosts on the list and to no other."""
    for _ in range(MAX_REDIRECTS + 1):
        allowed_host(address, hosts)
        headers = {"Range": f"bytes={start}-"} if start else {}
        answer = opened.get(
            address, headers=headers, stream=True, allow_redirects=False, timeout=TIMEOUT
        )
        if answer.status_code in {200, 206}:
            return answer
        follow = answer.headers.get("Location") if answer.is_redirect else None
        answer.close()
        if answer.status_code == 416 and start:
            start = 0
            continue
        if follow is None:
            host = urlsplit(address).hostname
            raise SourceUnavailable(f"{host} answered {answer.status_code}.")
        address = requests.compat.urljoin(address, follow)
    raise SourceUnavailable("The address leads from one server to the next; that was not followed.")


def forget_incoming(path: Path) -> None:
    """Delete a file that waited, with its folder; other files are left alone."""
    if incoming_folder() in path.parents:
        shutil.rmtree(path.parent, ignore_errors=True)
