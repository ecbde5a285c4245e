"""What granian serves."""

from webapp import create_app
from webapp.config import web_settings

app = create_app(web_settings())
