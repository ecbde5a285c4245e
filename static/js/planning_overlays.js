// Layers over the planner's map in MapLibre: added when they are shown, removed when they are not,
// in the order of the list, below wishes and interventions.
import { absolute } from "./planning_parts.js";

const HATCH = "no-figure";
const MARK = "overlay:";
const ABOVE = ["areas-outline", "interventions-fill"];
const SHAPES = {
  fill: ["Polygon", "MultiPolygon"],
  line: ["LineString", "MultiLineString"],
  circle: ["Point", "MultiPoint"],
};
const OUTLINE = "#4a4a4a";

export function drawOverlays(map, overlays) {
  const wanted = new Map(overlays.map((each) => [MARK + each.id, each]));
  for (const layer of map.getStyle().layers) {
    if (layer.id.startsWith(MARK) && !wanted.has(layer.source)) map.removeLayer(layer.id);
  }
  for (const source of Object.keys(map.getStyle().sources)) {
    if (source.startsWith(MARK) && !wanted.has(source)) map.removeSource(source);
  }
  for (const [source, overlay] of wanted) {
    if (!map.getSource(source)) add(map, source, overlay);
    setOpacity(map, overlay.id, overlay.opacity);
  }
  order(map, [...wanted.keys()]);
}

export function setOpacity(map, id, opacity) {
  for (const layer of layersOf(map, MARK + id)) {
    for (const name of opacityOf(layer.type)) map.setPaintProperty(layer.id, name, opacity);
  }
}

function opacityOf(type) {
  return type === "circle" ? ["circle-opacity", "circle-stroke-opacity"] : [`${type}-opacity`];
}

function layersOf(map, source) {
  return map.getStyle().layers.filter((layer) => layer.source === source);
}

// The first of the list lies uppermost.
function order(map, sources) {
  const above = ABOVE.find((id) => map.getLayer(id));
  for (const source of [...sources].reverse()) {
    for (const layer of layersOf(map, source)) map.moveLayer(layer.id, above);
  }
}

function add(map, source, overlay) {
  const tiles = [absolute(overlay.tiles)];
  if (overlay.kind === "raster") {
    map.addSource(source, { type: "raster", tiles, tileSize: 256, maxzoom: 18 });
    // Cells stay cells: between two values there is no third one.
    const paint = { "raster-resampling": "nearest", "raster-fade-duration": 0 };
    map.addLayer({ id: `${source}/cells`, type: "raster", source, paint });
    return;
  }
  map.addSource(source, { type: "vector", tiles, maxzoom: 16 });
  for (const layer of vectorLayers(overlay.style)) {
    map.addLayer({ ...layer, id: `${source}/${layer.id}`, source, "source-layer": "layer" });
  }
}

function vectorLayers({ colour, known, patterns }) {
  const of = (type, ...conditions) => ["all", ["in", ["geometry-type"], ["literal", SHAPES[type]]], ...conditions.filter(Boolean)];
  const layers = [{ id: "fill", type: "fill", filter: of("fill", known), paint: { "fill-color": colour } }];
  for (const [category, pattern] of patterns) {
    const filter = of("fill", ["==", ["to-string", ["get", "category"]], category]);
    layers.push({ id: `pattern-${category}`, type: "fill", filter, paint: { "fill-pattern": `pattern-${pattern}` } });
  }
  if (known) {
    layers.push({ id: "none", type: "fill", filter: of("fill", ["!", known]), paint: { "fill-pattern": HATCH } });
  }
  layers.push({ id: "edge", type: "line", filter: of("fill"), paint: { "line-color": OUTLINE, "line-width": 0.5 } });
  layers.push({ id: "line", type: "line", filter: of("line"), paint: { "line-color": colour, "line-width": 3 } });
  const circle = { "circle-color": colour, "circle-radius": 5, "circle-stroke-color": "#ffffff", "circle-stroke-width": 1 };
  layers.push({ id: "circle", type: "circle", filter: of("circle"), paint: circle });
  return layers;
}
