"""A photo as it comes in becomes a JPEG of pixels only: upright, at most 1600 px, no metadata."""

import io
import struct
import threading
from dataclasses import dataclass

from PIL import Image, ImageCms, ImageOps

LONGEST_SIDE = 1600
MOST_PIXELS = 60_000_000
MOST_BYTES = 12 * 1024 * 1024
QUALITY = 82
FORMATS = ("JPEG", "PNG", "WEBP")
_one_at_a_time = threading.Lock()  # many large photos at once must not fill the memory
_UNREADABLE = (
    OSError,
    ValueError,
    SyntaxError,
    struct.error,
    EOFError,
    Image.DecompressionBombError,
    Image.DecompressionBombWarning,
)


@dataclass(frozen=True)
class Photo:
    """A re-encoded photo; sizes in pixels."""

    jpeg: bytes
    width: int
    height: int


class UnusablePhoto(ValueError):
    """This file can't be used; `reason`: `not_a_photo`, `too_many_bytes` or `too_many_pixels`."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def reencode(content: bytes) -> Photo:
    """The photo in a file. Raises `UnusablePhoto`."""
    if len(content) > MOST_BYTES:
        raise UnusablePhoto("too_many_bytes")
    try:
        with _one_at_a_time, Image.open(io.BytesIO(content), formats=FORMATS) as image:
            _check_size(image)
            image.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
            # Smaller first, and only then upright: the whole picture stands in memory once.
            image.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.LANCZOS)
            return _as_jpeg(_flat(_in_srgb(ImageOps.exif_transpose(image))))
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise UnusablePhoto("too_many_pixels") from None
    except UnusablePhoto:
        raise
    except _UNREADABLE:
        raise UnusablePhoto("not_a_photo") from None


def _check_size(image: Image.Image) -> None:
    width, height = image.size
    if width * height > MOST_PIXELS:
        raise UnusablePhoto("too_many_pixels")


def _in_srgb(image: Image.Image) -> Image.Image:
    """The colours as a browser takes them when the colour profile is gone."""
    profile = image.info.get("icc_profile")
    if not profile or image.mode not in ("RGB", "L", "CMYK"):
        return image
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        return ImageCms.profileToProfile(
            image, source, ImageCms.createProfile("sRGB"), outputMode="RGB"
        )
    except (ImageCms.PyCMSError, OSError):
        return image


def _flat(image: Image.Image) -> Image.Image:
    """Without transparency: what can be seen through becomes white."""
    if image.mode == "RGB":
        return image
    layered = image.convert("RGBA")
    white = Image.new("RGBA", layered.size, "white")
    return Image.alpha_composite(white, layered).convert("RGB")


def _as_jpeg(image: Image.Image) -> Photo:
    # A new picture from the pixels alone: nothing of the file's other content can come along.
    clean = Image.new("RGB", image.size)
    clean.paste(image)
    stream = io.BytesIO()
    clean.save(stream, "JPEG", quality=QUALITY, optimize=True, progressive=True)
    return Photo(stream.getvalue(), clean.width, clean.height)
