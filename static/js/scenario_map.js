// Draws a measure over the measures that are there; what is drawn follows the chosen kind.
import drawGeometry from "./draw_geometry.js";
import { showAll } from "./intervention_map.js";

const COLOURS = { park: "#1b5e43", trees: "#5f8f3f", unsealing: "#b07d12", path: "#1d5f8a", bridge: "#7a2e5d" };
const SHAPES = { park: "Polygon", unsealing: "Polygon", trees: "Point", path: "LineString", bridge: "LineString" };

export default function scenarioMap(element) {
  const drawing = drawGeometry(element);
  const there = measuresLayer(JSON.parse(element.dataset.measures || "[]")).addTo(drawing.map);
  if (!drawing.field.value) showAll(drawing.map, there);
  const kind = document.getElementById("kind");
  kind.addEventListener("change", () => follow(element, kind.value));
  if (!drawing.field.value) follow(element, kind.value);
}

function follow(element, kind) {
  const choice = element.querySelector(`[name=shape][value=${SHAPES[kind]}]`);
  if (choice) choice.click();
}

function measuresLayer(measures) {
  const layers = measures.map(({ kind, number, geometry }) => {
    const look = { color: COLOURS[kind], weight: 4, dashArray: kind === "bridge" ? "8 6" : null };
    const layer = L.geoJSON(geometry, {
      interactive: false,
      style: { ...look, fillColor: COLOURS[kind], fillOpacity: 0.3 },
      pointToLayer: (_feature, place) => L.circleMarker(place, { ...look, radius: 6, interactive: false }),
    });
    return layer.bindTooltip(String(number), { permanent: true, direction: "center", className: "measure-number" });
  });
  return L.featureGroup(layers);
}
