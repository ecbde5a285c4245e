"""The maker of PDF files must not make the whole program accept torn pictures."""

import io

import pytest
from PIL import Image

from webapp import printing


def test_a_torn_picture_is_refused_after_a_print() -> None:
    assert printing.MOST_PAGES
    whole = io.BytesIO()
    Image.effect_noise((200, 200), 50).save(whole, "PNG")
    torn = io.BytesIO(whole.getvalue()[: len(whole.getvalue()) // 2])
    with pytest.raises(OSError, match="truncated"):
        Image.open(torn).load()
