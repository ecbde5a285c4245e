// The place of one wish and of what is near it; the same is written beside the map in words.
const OWN = { color: "#12402f", weight: 3, fillColor: "#1b5e43", fillOpacity: 0.85, radius: 11 };
const OTHER = { color: "#0b3a57", weight: 2, fillColor: "#ffffff", fillOpacity: 0.9, radius: 8 };
const SURFACE = { fillOpacity: 0.15 };

const lookOf = (feature) => (feature.properties.own ? OWN : OTHER);

function style(feature) {
  const look = lookOf(feature);
  return feature.geometry.type.endsWith("Polygon") ? { ...look, ...SURFACE } : look;
}

export default async function moderationMap(element) {
  await import("../vendor/leaflet/leaflet.js");
  const { tiles, attribution, zoomIn, zoomOut } = element.dataset;
  const map = L.map(element, { zoomControl: false, maxZoom: 19, scrollWheelZoom: false });
  map.attributionControl.setPrefix(false);
  L.control.zoom({ zoomInTitle: zoomIn, zoomOutTitle: zoomOut }).addTo(map);
  L.tileLayer(tiles, { attribution, maxZoom: 19 }).addTo(map);
  const places = L.geoJSON(JSON.parse(element.dataset.places), {
    style,
    pointToLayer: (feature, place) => L.circleMarker(place, lookOf(feature)),
  }).addTo(map);
  map.fitBounds(places.getBounds().pad(0.3), { animate: false, maxZoom: 17 });
}
