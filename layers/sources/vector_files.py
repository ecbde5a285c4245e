"""Open GeoPackage, GeoJSON and shapefile (also zipped) safely, and read them in batches.

Nothing is written beside the source: a GeoPackage is read from a private copy, because SQLite
would otherwise leave journal files in a folder that may be read-only.
"""

import hashlib
import shutil
import tempfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyogrio
import shapely

from layers.sources.vector_signs import address_of, is_known_driver, why_not

VECTOR_SUFFIXES = (".gpkg", ".geojson", ".json", ".shp")
_SHAPEFILE_PARTS = (".shp", ".shx", ".dbf", ".prj", ".cpg")

# A national edition of CBS is some 400 MB unpacked; ten times that is no area file any more.
MAX_UNPACKED_BYTES = 4_000_000_000
MAX_UNPACK_RATIO = 200
MAX_ZIP_ENTRIES = 200

BATCH_ROWS = 500


class FileRefusedError(ValueError):
    """The file as a whole cannot be used; the message says why in one plain sentence."""


@dataclass(frozen=True)
class VectorLayer:
    """One layer of a vector file: where it is, how many rows, in which CRS.

    ``bounds`` are (min x, min y, max x, max y) in that CRS, or None for a layer without shapes.
    """

    path: Path
    name: str
    rows: int
    columns: tuple[str, ...]
    crs: str | None
    bounds: tuple[float, float, float, float] | None


def digest(path: Path) -> str:
    """Give the SHA-256 of a file; of a shapefile: of all its parts in order of suffix."""
    total = hashlib.sha256()
    for part in _parts(path):
        with part.open("rb") as stream:
            for block in iter(lambda: stream.read(1 << 20), b""):
                total.update(block)
    return total.hexdigest()


def private_copy(path: Path, folder: Path) -> Path:
    """Bring a vector file into ``folder``, unpacked, and give the path to read it from.

    Raises :class:`FileRefusedError` for a zip file that is broken, too large, or has not exactly
    one vector file in it.
    """
    if path.suffix.lower() == ".zip":
        return _unpack(path, folder)
    if path.suffix.lower() == ".gpkg":
        for source in (path, path.with_name(path.name + "-wal")):
            if source.exists():
                shutil.copyfile(source, folder / source.name)
        return folder / path.name
    return path


def layers_of(path: Path) -> list[VectorLayer]:
    """List the layers of a vector file.

    Raises :class:`FileRefusedError` when it is unreadable, or of another kind than its name says.
    """
    reason = why_not(path)
    if reason is not None:
        raise FileRefusedError(reason)
    try:
        return [_layer(path, str(name)) for name in pyogrio.list_layers(address_of(path))[:, 0]]
    except pyogrio.errors.DataSourceError as error:
        raise FileRefusedError(f"{path.name} is not a readable vector file.") from error


def read_rows(
    layer: VectorLayer, batch_rows: int = BATCH_ROWS
) -> Iterator[tuple[dict[str, Any], Any, bool]]:
    """Yield every row as (columns, shape or None, whether the shape was readable).

    ``batch_rows`` at a time are in memory; skipping to a batch costs time, so long files want
    large batches.
    """
    for start in range(0, layer.rows, batch_rows):
        meta, _, shapes, columns = pyogrio.raw.read(
            address_of(layer.path),
            layer=layer.name,
            skip_features=start,
            max_features=batch_rows,
            force_2d=True,
        )
        names = [str(name) for name in meta["fields"]]
        count = len(columns[0]) if columns else len(shapes)
        for row in range(count):
            values = {
                name: _plain(column[row]) for name, column in zip(names, columns, strict=True)
            }
            yield values, *_shape(None if shapes is None else shapes[row])


def _parts(path: Path) -> list[Path]:
    if path.suffix.lower() != ".shp":
        return [path]
    parts = (path.with_suffix(suffix) for suffix in sorted(_SHAPEFILE_PARTS))
    return [part for part in parts if part.exists()]


def _layer(path: Path, name: str) -> VectorLayer:
    info = pyogrio.read_info(
        address_of(path), layer=name, force_feature_count=True, force_total_bounds=True
    )
    if not is_known_driver(path, str(info["driver"])):
        raise FileRefusedError(f"{path.name} is not a vector file of the kind that its name says.")
    bounds: tuple[float, float, float, float] | None = info["total_bounds"]
    return VectorLayer(
        path=path,
        name=name,
        rows=int(info["features"]),
        columns=tuple(str(column) for column in info["fields"]),
        crs=info["crs"],
        bounds=bounds,
    )


def _plain(value: Any) -> Any:
    return value.item() if hasattr(value, "item") else value


def _shape(wkb: bytes | None) -> tuple[Any, bool]:
    if wkb is None:
        return None, True
    shape = shapely.from_wkb(wkb, on_invalid="ignore")
    return shape, shape is not None


def _unpack(path: Path, folder: Path) -> Path:
    try:
        with zipfile.ZipFile(path) as archive:
            wanted = _wanted_entries(archive, path)
            for entry in wanted:
                _unpack_entry(archive, entry, folder)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError) as error:
        raise FileRefusedError(f"{path.name} is not a readable zip file.") from error
    found = [part for part in sorted(folder.iterdir()) if part.suffix.lower() in VECTOR_SUFFIXES]
    if len(found) != 1:
        raise FileRefusedError(
            f"{path.name} must hold exactly one vector file; it holds {len(found)}."
        )
    return found[0]


def _wanted_entries(archive: zipfile.ZipFile, path: Path) -> list[zipfile.ZipInfo]:
    entries = archive.infolist()
    unpacked = sum(entry.file_size for entry in entries)
    packed = max(1, sum(entry.compress_size for entry in entries))
    if len(entries) > MAX_ZIP_ENTRIES or unpacked > MAX_UNPACKED_BYTES:
        raise FileRefusedError(f"{path.name} is too large when unpacked.")
    if unpacked > 1_000_000 and unpacked / packed > MAX_UNPACK_RATIO:
        raise FileRefusedError(f"{path.name} unpacks to far more than an area file would.")
    suffixes = VECTOR_SUFFIXES + _SHAPEFILE_PARTS
    return [entry for entry in entries if Path(entry.filename).suffix.lower() in suffixes]


def _unpack_entry(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, folder: Path) -> None:
    # Only the last part of the name is used, in lower-case suffix, so no entry can leave the
    # folder. zipfile never gives more bytes than the size checked above.
    name = Path(entry.filename.replace("\\", "/")).name
    target = folder / (Path(name).stem + Path(name).suffix.lower())
    with archive.open(entry) as source, target.open("wb") as stream:
        shutil.copyfileobj(source, stream)


def temporary_folder() -> Path:
    """Make a folder that the caller removes when the file has been read."""
    return Path(tempfile.mkdtemp(prefix="area-file-"))
