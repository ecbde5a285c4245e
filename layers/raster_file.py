"""Open a raster file safely: only GeoTIFF, alone or as the one GeoTIFF in a zip file.

Other drivers of GDAL can read other files or the network.
"""

import warnings
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, Literal, get_args

import rasterio
from rasterio.errors import NotGeoreferencedWarning, RasterioError

from layers.sources.vector_files import FileRefusedError

Refusal = Literal[
    "all_nodata",
    "axes_swapped",
    "crs_unknown",
    "damaged",
    "disk_full",
    "no_crs",
    "no_place",
    "not_a_raster",
    "not_numbers",
    "not_square",
    "outside_area",
    "outside_netherlands",
    "outside_range",
    "picture",
    "rotated",
    "south_up",
    "too_large",
    "unpacks_too_far",
    "wrong_band",
    "wrong_crs",
    "zip_broken",
    "zip_contents",
]
REFUSALS: Final[tuple[Refusal, ...]] = get_args(Refusal)
"""Every reason there is, so that a test can ask for its text."""

MAX_UNPACKED_BYTES = 20_000_000_000
MAX_UNPACK_RATIO = 2_000
"""Deflate reaches 1,032 at most; a measured raster about 3, an almost empty one some hundreds."""
MAX_ZIP_RATIO = 500
_RATIO_COUNTS_FROM = 100_000_000
MAX_BLOCK_BYTES = 500_000_000
"""A tile or strip is unpacked as a whole; those of measured rasters take some megabytes."""
_MAX_ZIP_ENTRIES = 200

READ_OPTIONS: Final[dict[str, Any]] = {
    # No side files: neither read (they could change what the file says) nor written.
    "GDAL_DISABLE_READDIR_ON_OPEN": "EMPTY_DIR",
    "GDAL_PAM_ENABLED": "NO",
    "GDAL_CACHEMAX": 256_000_000,
}


class RasterRefusedError(FileRefusedError):
    """The raster cannot be used: ``key`` is one of ``REFUSALS``, the message says why in words."""

    def __init__(self, key: Refusal, message: str) -> None:
        super().__init__(message)
        self.key: Refusal = key


@contextmanager
def open_tiff(path: Path, folder: Path) -> Iterator[Any]:
    """Open a GeoTIFF; one in a zip file is unpacked into ``folder`` first.

    Raises:
        RasterRefusedError: it is no GeoTIFF, is damaged, or unpacks to far too much.
    """
    real = _unpacked(path, folder) if path.suffix.lower() == ".zip" else path
    try:
        with warnings.catch_warnings():
            # Where it lies, and whether that is told, is judged by the caller.
            warnings.simplefilter("ignore", NotGeoreferencedWarning)
            dataset = rasterio.open(real, driver="GTiff")
    except RasterioError as error:
        raise _unreadable(real, path.name) from error
    with dataset:
        _judge_unpacking(path.name, real, dataset)
        yield dataset


def _unreadable(path: Path, name: str) -> RasterRefusedError:
    with path.open("rb") as stream:
        start = stream.read(4)
    if start in (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"):
        return RasterRefusedError("damaged", f"{name} is damaged or cut off.")
    return RasterRefusedError("not_a_raster", f"{name} is not a GeoTIFF.")


def _judge_unpacking(name: str, path: Path, dataset: Any) -> None:
    cells = dataset.width * dataset.height
    size = cells * sum(_bytes_of(dtype) for dtype in dataset.dtypes)
    if size > _RATIO_COUNTS_FROM and size / max(1, path.stat().st_size) > MAX_UNPACK_RATIO:
        raise RasterRefusedError(
            "unpacks_too_far", f"{name} unpacks to far more than a measured raster would."
        )
    for (rows, columns), dtype in zip(dataset.block_shapes, dataset.dtypes, strict=True):
        if rows * columns * _bytes_of(dtype) > MAX_BLOCK_BYTES:
            raise RasterRefusedError(
                "unpacks_too_far", f"{name} has tiles or strips that are too large to read."
            )


def _bytes_of(dtype: str) -> int:
    digits = "".join(character for character in dtype if character.isdigit())
    return max(1, int(digits or 8) // 8)


def _unpacked(path: Path, folder: Path) -> Path:
    try:
        with zipfile.ZipFile(path) as archive:
            entry = _only_tiff(archive, path.name)
            return _unpack(archive, entry, folder, path.name)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError) as error:
        raise RasterRefusedError(
            "zip_broken", f"{path.name} is not a readable zip file."
        ) from error


def _only_tiff(archive: zipfile.ZipFile, name: str) -> zipfile.ZipInfo:
    entries = archive.infolist()
    wanted = [each for each in entries if Path(each.filename).suffix.lower() in (".tif", ".tiff")]
    if len(wanted) != 1 or len(entries) > _MAX_ZIP_ENTRIES:
        raise RasterRefusedError(
            "zip_contents", f"{name} must hold exactly one GeoTIFF; it holds {len(wanted)}."
        )
    return wanted[0]


def _unpack(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, folder: Path, name: str) -> Path:
    """Unpack one entry under a name of our own, counting what really comes out."""
    target, written = folder / "raster.tif", 0
    most = min(MAX_UNPACKED_BYTES, max(_RATIO_COUNTS_FROM, entry.compress_size * MAX_ZIP_RATIO))
    with archive.open(entry) as packed, target.open("wb") as stream:
        while part := packed.read(1 << 20):
            written += len(part)
            if written > most:
                raise RasterRefusedError(
                    "unpacks_too_far", f"{name} unpacks to far more than a raster would."
                )
            stream.write(part)
    return target
