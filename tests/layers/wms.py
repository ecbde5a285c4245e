"""What a picture service (WMS) answers, for the stand-in."""

import io

from PIL import Image
from PIL.PngImagePlugin import PngInfo

from tests.layers.stand_in import Answer

WMS = "/routes/wms"


def capabilities(
    *,
    names: tuple[str, ...] = ("paths", "cycling"),
    crs: str = "EPSG:3857",
    form: str = "image/png",
) -> Answer:
    """Two layers below one without a name, which says the CRS for both."""
    layers = "".join(f"<Layer><Name>{name}</Name><Title>Title</Title></Layer>" for name in names)
    body = f"""<?xml version="1.0"?>
    <WMS_Capabilities version="1.3.0" xmlns="http://www.opengis.net/wms">
      <Service><Name>WMS</Name></Service>
      <Capability>
        <Request><GetMap><Format>{form}</Format></GetMap></Request>
        <Layer><Title>All</Title><CRS>EPSG:28992</CRS><CRS>{crs}</CRS>{layers}</Layer>
      </Capability>
    </WMS_Capabilities>"""
    return Answer(body.strip().encode(), media_type="text/xml")


def png(side: int = 256, colour: tuple[int, ...] = (0, 90, 30, 128)) -> bytes:
    """A picture in one colour, with a remark in it that must not be passed on."""
    remark = PngInfo()
    remark.add_text("Comment", "<script>")
    file = io.BytesIO()
    Image.new("RGBA", (side, side), colour).save(file, "PNG", pnginfo=remark)
    return file.getvalue()


def picture(body: bytes | None = None, media_type: str = "image/png") -> Answer:
    """A tile."""
    return Answer(png() if body is None else body, media_type=media_type)
