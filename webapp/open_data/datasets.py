"""The open datasets: what each is, under which licence, and which view holds it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import force_locale, gettext

from webapp.languages import LANGUAGES
from webapp.open_data.views import OPEN_LICENCES, open_layers

THEME = "http://publications.europa.eu/resource/authority/data-theme/"
SOCIAL = ("people", "income", "housing", "health")
CBS = "Centraal Bureau voor de Statistiek, Kadaster"


@dataclass(frozen=True)
class Dataset:
    """One open dataset. `view` is one of the `open_*` views and `only` the rows of it that count."""

    id: str
    view: str
    titles: Mapping[str, str]
    descriptions: Mapping[str, str]
    licence: str
    theme: str
    publisher: str
    is_ours: bool
    only: tuple[tuple[str, Any], ...] = ()


def texts_of(key: str) -> dict[str, str]:
    """A message in every language."""
    texts = {}
    for language in LANGUAGES:
        with force_locale(language):
            texts[language] = gettext(key)
    return texts


def all_datasets(config: Mapping[str, Any]) -> Iterator[Dataset]:
    """What this installation makes itself, what it shows from CBS, and every open layer."""
    yield from _named(config)
    for layer in open_layers():
        has_features = layer.geometry == "vector"
        view = "open_layer_features" if has_features else "open_layer_values"
        yield Dataset(
            f"layer-{layer.id.replace('_', '-')}",
            "open_indicators" if layer.reader == "areas" else view,
            dict(layer.title),
            dict(layer.definition),
            OPEN_LICENCES[layer.licence],
            THEME + ("SOCI" if layer.group in SOCIAL else "ENVI"),
            layer.source.publisher,
            False,
            (("figure", layer.figure),) if layer.reader == "areas" else (("layer_id", layer.id),),
        )


def _named(config: Mapping[str, Any]) -> Iterator[Dataset]:
    rows = (
        ("cases", "REGI", True),
        ("wishes", "SOCI", True),
        ("interventions", "REGI", True),
        ("areas", "REGI", False),
        ("indicators", "SOCI", False),
    )
    for name, theme, is_ours in rows:
        yield Dataset(
            name,
            f"open_{name}",
            texts_of(f"open_data.dataset.{name}.title"),
            texts_of(f"open_data.dataset.{name}.about"),
            config["OPEN_DATA_LICENCE"] if is_ours else OPEN_LICENCES["CC BY 4.0"],
            THEME + theme,
            config["PUBLISHER"] if is_ours else CBS,
            is_ours,
        )
