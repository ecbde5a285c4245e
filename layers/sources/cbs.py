"""Read CBS municipalities, wijken and buurten from a file, in any edition and spelling.

Source of the definitions: CBS, Toelichting Wijk- en Buurtkaart 2022, 2023 en 2024 (30-10-2024);
publisher, licence and attribution: ``metadata.CBS_AREAS``.
"""

import shutil
import weakref
from collections.abc import Callable, Iterator
from pathlib import Path

from layers.sources import cbs_figures_json
from layers.sources.area_geometry import crs_name, overlaps_netherlands
from layers.sources.area_rows import AreaReader, AreaRow
from layers.sources.cbs_columns import column_key
from layers.sources.import_report import ImportReport, Tally
from layers.sources.metadata import CBS_AREAS
from layers.sources.vector_files import (
    VECTOR_SUFFIXES,
    FileRefusedError,
    VectorLayer,
    digest,
    layers_of,
    private_copy,
    read_rows,
    temporary_folder,
)

SOURCE = CBS_AREAS

_CODE_KEYS = frozenset({"buurtcode", "wijkcode", "gemeentecode", "statcode", "code"})


class AreaFile:
    """The areas of one file; iterate over it once, then look at :attr:`report`.

    ``total`` is the number of rows announced, for a progress bar; refused rows count as read,
    so ``report.rows_in`` ends at ``total``.
    """

    def __init__(
        self, total: int, tally: Tally, rows: Callable[[], Iterator[AreaRow]], folder: Path
    ) -> None:
        self.total = total
        self._tally = tally
        self._rows = rows
        self._close = weakref.finalize(self, shutil.rmtree, folder, ignore_errors=True)

    def __iter__(self) -> Iterator[AreaRow]:
        yield from self._rows()
        self._close()

    @property
    def report(self) -> ImportReport:
        """The account so far; complete when all rows have been read."""
        return self._tally.report()


def read_areas(path: Path | str, *, year: int | None = None, layer: str | None = None) -> AreaFile:
    """Open a file of CBS areas: GeoPackage, GeoJSON, shapefile, a zip of one, or figures as JSON.

    ``year`` is the edition for rows that do not tell their own (``jaar``, ``jrstatcode``).
    ``layer`` picks one layer; without it every layer with a column of CBS codes is read.
    Shapes come out in EPSG:28992 from any declared CRS.

    Raises :class:`FileRefusedError` when the file is missing or unreadable, has no CRS, has its
    coordinates outside the Netherlands, or has no layer of areas. Problems of single rows never
    raise; they are in the report.
    """
    source = Path(path)
    if not source.is_file():
        raise FileRefusedError(f"{source} is not a file.")
    tally = Tally(sha256=digest(source))
    folder = temporary_folder()
    try:
        total, rows = _open(private_copy(source, folder), AreaReader(tally, year), layer)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return AreaFile(total, tally, rows, folder)


def _open(
    path: Path, reader: AreaReader, layer: str | None
) -> tuple[int, Callable[[], Iterator[AreaRow]]]:
    if path.suffix.lower() not in VECTOR_SUFFIXES:
        known = ", ".join((*VECTOR_SUFFIXES, ".zip"))
        raise FileRefusedError(f"{path.name}: this kind of file is not known. Known are {known}.")
    if path.suffix.lower() == ".json":
        document = cbs_figures_json.load_document(path)
        if cbs_figures_json.is_figures_document(document):
            total = cbs_figures_json.row_count(document)
            return total, lambda: _figure_rows(document, reader)
    chosen = _area_layers(path, layer)
    reader.tally.crs_declared = ", ".join(sorted({str(each.crs) for each in chosen}))
    return sum(each.rows for each in chosen), lambda: _vector_rows(chosen, reader)


def _figure_rows(document: dict[str, object], reader: AreaReader) -> Iterator[AreaRow]:
    for record in cbs_figures_json.rows(document):
        row = reader.read(record, None, None)
        if row is not None:
            yield row


def _vector_rows(chosen: list[VectorLayer], reader: AreaReader) -> Iterator[AreaRow]:
    for layer in chosen:
        for record, shape, readable in read_rows(layer):
            if not readable:
                reader.refuse(record, "unreadable_geometry")
                continue
            row = reader.read(record, shape, layer.crs)
            if row is not None:
                yield row


def _area_layers(path: Path, wanted: str | None) -> list[VectorLayer]:
    found = layers_of(path)
    names = ", ".join(layer.name for layer in found)
    if wanted is not None:
        found = [layer for layer in found if layer.name == wanted]
        if not found:
            raise FileRefusedError(f"{path.name} has no layer {wanted}; it has {names}.")
    chosen = [layer for layer in found if _CODE_KEYS & {column_key(c) for c in layer.columns}]
    if not chosen:
        raise FileRefusedError(f"{path.name} has no column with CBS codes (layers: {names}).")
    for layer in chosen:
        _check_crs(layer)
    return chosen


def _check_crs(layer: VectorLayer) -> None:
    if layer.bounds is None or layer.rows == 0:
        return
    if layer.crs is None:
        raise FileRefusedError(
            f"{layer.path.name}, layer {layer.name}, does not say its coordinate system. "
            "Add it (a .prj file beside a shapefile), for instance EPSG:28992."
        )
    if not overlaps_netherlands(layer.bounds, layer.crs):
        raise FileRefusedError(
            f"{layer.path.name}, layer {layer.name}, says it is in {crs_name(layer.crs)}, but "
            "its coordinates are then not in the Netherlands. The coordinate system is wrong."
        )
