// The map under a drawing: base tiles, controls in the reader's language, the case in view.
export function makeMap(element) {
  const { west, south, east, north, tiles, attribution, zoomIn, zoomOut } = element.dataset;
  const map = L.map(element, { zoomControl: false, maxZoom: 19, minZoom: 7 });
  map.attributionControl.setPrefix(false);
  L.control.zoom({ zoomInTitle: zoomIn, zoomOutTitle: zoomOut }).addTo(map);
  L.tileLayer(tiles, { attribution, maxZoom: 19 }).addTo(map);
  map.fitBounds([[south, west], [north, east]].map((pair) => pair.map(Number)), { animate: false });
  return map;
}

export const STYLE = { color: "#12402f", weight: 4, fillColor: "#1b5e43", fillOpacity: 0.25 };

// Points become circles: Leaflet's own marker pictures are found through a style we do not load.
export function geometryLayer(geometry) {
  return L.geoJSON(geometry, {
    style: STYLE,
    pointToLayer: (_feature, place) => L.circleMarker(place, { ...STYLE, radius: 9, fillOpacity: 0.8 }),
  });
}

export function showAll(map, layer) {
  const bounds = layer.getBounds();
  if (bounds.isValid()) map.fitBounds(bounds.pad(0.3), { animate: false, maxZoom: 17 });
}
