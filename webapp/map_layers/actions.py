"""Takes a file into the database as an edition of a layer: all of it or nothing, seen when ready."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

from flask import current_app
from sqlalchemy import delete, func, select, update

from layers.layer import Layer
from layers.sources.http import SourceUnavailable
from layers.sources.services import HostRefusedError
from layers.sources.vector_files import FileRefusedError, digest
from webapp import events
from webapp.errors import NotFound
from webapp.extensions import db
from webapp.jobs import enqueue
from webapp.map_layers import prerender, sources, statistics, storing
from webapp.map_layers.models import LayerEdition, LayerFeature, LayerImport
from webapp.map_layers.queries import folder_of, forget_open_rasters, known_layer

LOCK = 0x6C61796572  # "layer": one import of a layer at a time
SECONDS_BETWEEN_NOTES = 1.0
REFUSALS = (FileRefusedError, HostRefusedError, SourceUnavailable, OSError)

Progress = Callable[[str, int, int], None]


class ImportRefusedError(Exception):
    """The import was refused and has changed nothing; the message says why, plainly."""


class LayerBusyError(ImportRefusedError):
    """Another file of this layer is being imported."""


class AlreadyLoadedError(Exception):
    """This very file is loaded already."""

    def __init__(self, known: LayerEdition) -> None:
        super().__init__(f"{known.file_name} was loaded before, as edition {known.edition}.")
        self.edition = known.edition


@dataclass(frozen=True)
class Options:
    """How to import: the edition (else the year in the file's name), the CRS when the file does not
    say it, whether to move a raster to RD, whether to fetch from the publisher, and whether the
    values were made up. Own files also have a title, a publisher and a licence."""

    edition: str = ""
    crs: str = ""
    reproject: bool = False
    download: bool = False
    title: str = ""
    publisher: str = ""
    licence: str = ""
    is_synthetic: bool = False
    is_demo: bool = False


def layer_to_import(layer_id: str) -> Layer:
    """The catalogue's entry. Raises `ImportRefusedError` for what is not imported this way."""
    layer = known_layer(layer_id)
    if layer is None:
        raise ImportRefusedError(f"The catalogue has no layer '{layer_id}'.")
    if layer.geometry == "picture":
        raise ImportRefusedError(f"{layer_id} is a picture of another server: nothing is imported.")
    return layer


def begin_import(layer_id: str, path: Path | None, options: Options) -> LayerImport:
    """Note an import that waits for its turn. Raises `ImportRefusedError`."""
    layer_to_import(layer_id)
    waiting = LayerImport(
        layer_id=layer_id,
        path="" if path is None else str(path.absolute()),
        file_name="" if path is None else path.name,
        options=asdict(options),
    )
    db.session.add(waiting)
    db.session.flush()
    return waiting


def run_import(job: LayerImport, progress: Progress | None = None) -> LayerEdition:
    """Do a noted import from its first step, using what an earlier attempt finished.

    Raises `ImportRefusedError` and `AlreadyLoadedError`; then nothing has changed. The job's row
    tells the same.
    """
    job_id = job.id
    with _alone(job.layer_id):
        try:
            return _Importing(job, progress or _silent).run()
        except AlreadyLoadedError as known:
            _end(job_id, "done", str(known))
            raise
        except REFUSALS as error:
            reason = _plain(error)
            _end(job_id, "failed", reason)
            raise ImportRefusedError(reason) from error
        except BaseException:
            _end(job_id, "failed", "The import was stopped.", keep=True)
            raise


def import_file(
    layer_id: str, path: Path | None, options: Options, progress: Progress | None = None
) -> LayerEdition:
    """Note an import and do it. Raises `ImportRefusedError` and `AlreadyLoadedError`."""
    job = begin_import(layer_id, path, options)
    db.session.commit()
    return run_import(job, progress)


def run_waiting_imports() -> int:
    """Do what waits, and once more what was cut off; returns how many were tried. A file that cuts
    its import off twice may be what ends the worker, so it is not opened a third time."""
    tried = 0
    while (job := _next_job()) is not None:
        tried += 1
        path = Path(job.path)
        try:
            _note_second_attempt(job)
            run_import(job)
        except LayerBusyError:
            break  # it came in between: the next turn is for what waits
        except (ImportRefusedError, AlreadyLoadedError) as told:
            current_app.logger.info("a layer was not imported: %s", type(told).__name__)
        except Exception as error:
            current_app.logger.error("an import stopped: %s", type(error).__name__)
        sources.forget_incoming(path)
    return tried


def _next_job() -> LayerImport | None:
    unfinished = select(LayerImport).where(
        LayerImport.state.in_(("waiting", "running")), LayerImport.options["queued"].as_boolean()
    )
    for job in db.session.scalars(unfinished.order_by(LayerImport.id)):
        if _is_free(job.layer_id):
            return job
    return None


def _note_second_attempt(job: LayerImport) -> None:
    """Note it where it outlives this process. Raises `ImportRefusedError` for a third one."""
    if job.state != "running":
        return
    if job.options.get("again"):
        reason = "The import was cut off twice."
        _end(job.id, "failed", reason)
        raise ImportRefusedError(reason)
    job.options = {**job.options, "again": True}
    db.session.commit()


def _silent(_step: str, _done: int, _total: int) -> None:
    return None


def _plain(error: BaseException) -> str:
    if isinstance(error, OSError) and error.strerror:
        return f"{error.filename or 'The disk'}: {error.strerror}."
    return str(error)


@contextmanager
def _alone(layer_id: str) -> Iterator[None]:
    """Hold the layer's lock; on a connection of its own, as the work commits many times."""
    key = func.hashtextextended(layer_id, LOCK)
    with db.engine.connect() as connection:
        if not connection.scalar(select(func.pg_try_advisory_lock(key))):
            raise LayerBusyError(f"{layer_id} is being imported at this moment.")
        try:
            yield
        finally:
            connection.execute(select(func.pg_advisory_unlock(key)))


def _is_free(layer_id: str) -> bool:
    try:
        with _alone(layer_id):
            return True
    except LayerBusyError:
        return False


def _end(job_id: int, state: str, told: str, *, keep: bool = False) -> None:
    """Take back what was half done and tell it in the job's row. With `keep` the unseen edition of
    a raster stays, so that the same command goes on with the cells that were copied."""
    db.session.rollback()
    job = db.session.get(LayerImport, job_id)
    if job is None:
        return
    if job.edition_id is not None:
        _discard(job.edition_id, keep=keep)
    job.state, job.error, job.finished_at = state, told, datetime.now(UTC)
    db.session.commit()


def _discard(edition_id: int, *, keep: bool) -> None:
    found = db.session.get(LayerEdition, edition_id)
    if found is None or found.status == "ready" or (keep and found.kind == "raster"):
        return
    _delete(found)


def _delete(found: LayerEdition) -> None:
    """Delete rows first and files last: files without rows take room, the reverse breaks a map."""
    folder, cut = folder_of(found), prerender.path_of(found)
    db.session.execute(delete(LayerFeature).where(LayerFeature.edition_id == found.id))
    db.session.delete(found)
    db.session.commit()
    for each in (folder, folder.with_name(folder.name + ".part")):
        shutil.rmtree(each, ignore_errors=True)
    cut.unlink(missing_ok=True)
    forget_open_rasters()


def remove_edition(edition_id: int) -> str:
    """Delete an edition with all that was computed from it; returns what it was. `NotFound`."""
    found = db.session.get(LayerEdition, edition_id)
    if found is None:
        raise NotFound
    name = f"{found.layer_id} {found.edition}"
    events.record("layer_edition", found.id, "removed", layer=found.layer_id, edition=found.edition)
    _delete(found)
    return name


@dataclass
class _Importing:
    """One import on its way; every step commits, and the edition stays unseen until the last."""

    job: LayerImport
    progress: Progress
    noted: float = 0.0

    def __post_init__(self) -> None:
        given = self.job.options
        self.options = Options(
            **{name: given[name] for name in Options.__dataclass_fields__ if name in given}
        )
        self.layer = layer_to_import(self.job.layer_id)

    def run(self) -> LayerEdition:
        self._take_over()
        self.job.state, self.job.error = "running", ""
        self.job.started_at = datetime.now(UTC)
        self._step("fetch")
        if self.options.download and storing.is_service(self.layer):
            found = self._from_service()
        else:
            found = self._from_file(self._fetch())
        self._step("statistics")
        statistics.compute(found, self._show("statistics"))
        prerender.when_slow(found)
        found.status, found.imported_at = "ready", datetime.now(UTC)
        what = {"layer": found.layer_id, "edition": found.edition, "rows": found.rows_loaded}
        events.record("layer_edition", found.id, "imported", **what)
        self.job.state, self.job.finished_at = "done", datetime.now(UTC)
        enqueue("compute_figures")
        db.session.commit()
        return found

    def _from_file(self, path: Path) -> LayerEdition:
        self._step("check")
        source = storing.open_source(path, self.layer, self.options.crs, self.options.reproject)
        name = self.options.edition or sources.edition_in(path.name) or ""
        if not name:
            raise FileRefusedError("Say which edition this is: --edition 2022, for example.")
        found = self._edition(name, path.name, digest(path))
        self._step("store")
        storing.store(found, source, self._show("store"))
        return found

    def _from_service(self) -> LayerEdition:
        """What a service gives is known by its rows, so only afterwards: its digest comes last."""
        source = storing.open_service(self.layer, current_app.config["LAYER_HOSTS"])
        name = self.options.edition or datetime.now(UTC).date().isoformat()
        host = urlsplit(self.layer.download or "").hostname or ""
        found = self._edition(name, host, f"reading-{uuid4()}")
        self._step("store")
        storing.store(found, source, self._show("store"))
        found.sha256 = source.digest.hexdigest()
        same = LayerEdition.layer_id == found.layer_id, LayerEdition.sha256 == found.sha256
        known = db.session.scalar(select(LayerEdition).where(*same, LayerEdition.id != found.id))
        if known is not None:
            raise AlreadyLoadedError(known)
        return found

    def _take_over(self) -> None:
        """Whoever held the lock before is gone: its import will not end any more."""
        cut_off = LayerImport.layer_id == self.layer.id, LayerImport.state == "running"
        db.session.execute(
            update(LayerImport)
            .where(*cut_off, LayerImport.id != self.job.id)
            .values(state="failed", error="The import was cut off.")
        )

    def _fetch(self) -> Path:
        if not self.options.download:
            path = Path(self.job.path)
            if not path.is_file():
                raise FileRefusedError(f"There is no file {path.name}.")
            return path
        hosts = current_app.config["LAYER_HOSTS"]
        path = sources.download(self.layer, hosts, self._show("fetch"))
        self.job.path, self.job.file_name = str(path), path.name
        return path

    def _edition(self, name: str, file_name: str, sha256: str) -> LayerEdition:
        """The row of this edition, `importing`; one that was cut off makes way or is taken up."""
        for known in self._known(name, sha256):
            if known.status == "ready":
                self._refuse(known, sha256)
            elif known.sha256 != sha256 or known.kind != "raster":
                _delete(known)
            else:
                self.job.edition_id = known.id
                return known
        found = self._new_edition(name, file_name, sha256)
        db.session.add(found)
        db.session.flush()
        self.job.edition_id = found.id
        db.session.commit()
        return found

    def _known(self, name: str, sha256: str) -> list[LayerEdition]:
        same = (LayerEdition.edition == name) & (
            LayerEdition.is_synthetic == self.options.is_synthetic
        )
        rows = select(LayerEdition).where(
            LayerEdition.layer_id == self.layer.id, same | (LayerEdition.sha256 == sha256)
        )
        return list(db.session.scalars(rows))

    def _refuse(self, known: LayerEdition, sha256: str) -> None:
        if known.sha256 == sha256:
            raise AlreadyLoadedError(known)
        raise FileRefusedError(
            f"Edition {known.edition} of {known.layer_id} is loaded from another file "
            f"({known.file_name}). Remove it first (balanskaart layers remove {known.id}), or give "
            "this one another name with --edition."
        )

    def _new_edition(self, name: str, file_name: str, sha256: str) -> LayerEdition:
        source, options = self.layer.source, self.options
        return LayerEdition(
            layer_id=self.layer.id,
            edition=name,
            own_title=options.title,
            kind=self.layer.geometry,
            retrieved_at=datetime.now(UTC),
            sha256=sha256,
            url=(self.layer.download or "") if options.download else "",
            file_name=file_name,
            publisher=options.publisher or source.publisher,
            licence=options.licence or source.licence,
            attribution=options.publisher or source.attribution,
            is_synthetic=options.is_synthetic,
            is_demo=options.is_demo,
        )

    def _step(self, step: str) -> None:
        self.job.step, self.job.done, self.job.total = step, 0, 0
        db.session.commit()
        self.progress(step, 0, 0)

    def _show(self, step: str) -> Callable[[int, int], None]:
        def show(done: int, total: int) -> None:
            self.progress(step, done, total)
            if monotonic() - self.noted >= SECONDS_BETWEEN_NOTES:
                self.noted = monotonic()
                self._note(done, total)

        return show

    def _note(self, done: int, total: Any) -> None:
        self.job.done, self.job.total = _permille(done, total), 1000
        db.session.commit()


def _permille(done: int, total: int) -> int:
    """Bytes of a large file do not fit in a whole number of the database."""
    return min(1000, done * 1000 // total) if total else 0
