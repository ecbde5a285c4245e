"""How pygeoapi reads an `open_*` view: read-only, our own transformation, only the wanted rows."""

from collections.abc import Callable
from typing import Any

from pygeoapi.provider.base import ProviderItemNotFoundError
from pygeoapi.provider.sql import PostgreSQLProvider
from sqlalchemy import ColumnElement, and_

from gis.crs import to_lonlat


class OpenView(PostgreSQLProvider):  # type: ignore[misc]
    """One collection: the rows of a view whose columns have the values of `only`."""

    def __init__(self, definition: dict[str, Any]) -> None:
        self.only: tuple[tuple[str, Any], ...] = definition["only"]
        super().__init__(definition)

    def _get_property_filters(self, properties: list[tuple[str, Any]]) -> ColumnElement[bool]:
        wanted = [*properties, *self.only]
        return and_(True, *(getattr(self.table_model, name) == value for name, value in wanted))

    def _get_crs_transform(self, crs_transform_spec: Any = None) -> Callable[..., Any] | None:
        """To CRS84 as everywhere in this program: PROJ alone might use another way."""
        return to_lonlat if crs_transform_spec else None

    def get(self, identifier: Any, crs_transform_spec: Any = None, **options: Any) -> Any:
        """One feature of this collection; its neighbours are not told."""
        feature = super().get(identifier, crs_transform_spec, **options)
        if any(feature["properties"].get(name) != value for name, value in self.only):
            raise ProviderItemNotFoundError(f"No such item: {identifier}.")
        return {name: value for name, value in feature.items() if name not in {"prev", "next"}}
