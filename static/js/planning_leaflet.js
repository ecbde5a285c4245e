// Draws the planner's map with Leaflet, on machines without WebGL: the same rows as GeoJSON.
import { absolute, baseTiles, crossIn, loadStyle, pickedOf, placeWords } from "./planning_parts.js";

const NO_VALUE = "#9aa19d";
const FILL = 0.7;
const SELECTED = { color: "#1c2420", weight: 5 };

export async function drawWithLeaflet(root, canvas, first, callbacks, name) {
  await Promise.all([import(root.dataset.leaflet), loadStyle(root.dataset.leafletStyle)]);
  const L = window.L;
  const words = JSON.parse(root.dataset.words);
  const map = L.map(canvas, { zoomControl: false, attributionControl: false, minZoom: 5, maxZoom: 19, zoomSnap: 0.25 });
  L.control.zoom({ position: "topright", zoomInTitle: words.zoom_in, zoomOutTitle: words.zoom_out }).addTo(map);
  L.tileLayer(baseTiles(), { maxZoom: 19 }).addTo(map);
  canvas.setAttribute("role", "region");
  canvas.setAttribute("aria-label", name || words.map);
  crossIn(canvas);
  look(map, first);
  const colours = {};
  for (const each of JSON.parse(root.dataset.symbols)) colours[each.id] = each.colour;
  const hasOverlays = () => drawing.shown.overlays.length > 0;
  const drawing = { L, map, colours, callbacks: { ...callbacks, hasOverlays }, most: Number(root.dataset.most), shapes: {}, overlays: new Map(), marks: L.layerGroup().addTo(map), shown: null };
  // Layers lie above the areas and below wishes and plans.
  for (const [pane, height] of [["areas", 370], ["overlays", 390]]) map.createPane(pane).style.zIndex = height;
  map.on("click", (event) => {
    if (callbacks.isMeasuring() || drawing.shown.overlays.length) callbacks.picked(event.latlng);
  });
  map.on("moveend", () => callbacks.moved(placeWords(map.getCenter(), map.getZoom())));
  canvas.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.target === canvas) pickMiddle(drawing);
  });
  return {
    engine: "leaflet",
    map,
    drawing,
    ready: update(drawing, first),
    position: () => placeWords(map.getCenter(), map.getZoom()),
    update: (given) => update(drawing, given),
    setOpacity: (id, opacity) => setOpacity(drawing, id, opacity),
    camera: () => ({ center: map.getCenter(), zoom: map.getZoom() }),
    jump: ({ center, zoom }) => map.setView(center, zoom, { animate: false }),
    onMove: (follow) => map.on("move", follow),
    resize: () => map.invalidateSize(),
    remove: () => map.remove(),
  };
}

function look(map, given) {
  if (given.centre) return map.setView([given.centre[1], given.centre[0]], given.centre[2]);
  const [west, south, east, north] = given.bounds;
  return map.fitBounds([[south, west], [north, east]]);
}

async function update(drawing, given) {
  const before = drawing.shown;
  drawing.shown = given;
  const makers = { areas: drawAreas, interventions: drawInterventions, wishes: drawWishes };
  for (const [name, make] of Object.entries(makers)) {
    const address = given[name] && given[name].geojson;
    if (before && before[name] && before[name].geojson === address) continue;
    const features = await fetched(address, drawing.callbacks);
    if (drawing.shown !== given) return;
    if (drawing.shapes[name]) drawing.shapes[name].remove();
    drawing.shapes[name] = make(drawing, features, given[name]).addTo(drawing.map);
  }
  await drawOverlays(drawing, given.overlays);
  if (drawing.shown !== given) return;
  drawMarks(drawing, given);
  select(drawing, given.selected);
}

async function fetched(address, { failed }) {
  if (!address) return [];
  const response = await fetch(address);
  if (response.ok) return (await response.json()).features.filter((feature) => feature.geometry);
  failed();
  return [];
}

function drawAreas({ L, callbacks }, features, areas) {
  const { fill, path, no_figure: none } = areas ? areas.style.leaflet : { fill: [], path: {} };
  const plain = ({ properties }) => {
    if (typeof properties.value !== "number") return { ...path, ...none };
    const found = fill.find(([upper]) => properties.value <= upper) || fill[fill.length - 1];
    return { ...path, fillColor: found[1] };
  };
  return shapes(L, features, { style: plain, pane: "areas" }, "area", "code", callbacks);
}

function drawInterventions({ L, colours, callbacks }, features) {
  const style = ({ properties }) => ({ color: colours[`phase-${properties.phase_type}`], weight: 3, fillOpacity: 0.4 });
  return shapes(L, features, { style, pointToLayer: square(L) }, "intervention", "id", callbacks);
}

function drawWishes({ L, colours, callbacks, most }, features) {
  // The newest have the highest numbers.
  const drawn = features.slice(-most);
  callbacks.capped(features.length > most);
  const style = ({ properties }) => ({ color: "#ffffff", weight: 2, fillColor: colours[`theme-${properties.theme}`], fillOpacity: 1 });
  const pointToLayer = (_feature, place) => L.circleMarker(place, { radius: 9 });
  return shapes(L, drawn, { style, pointToLayer }, "wish", "id", callbacks);
}

function square(L) {
  return (_feature, place) => L.circleMarker(place, { radius: 11 });
}

function shapes(L, features, options, kind, key, { choose, isMeasuring, picked, hasOverlays }) {
  const click = (event, feature) => {
    L.DomEvent.stopPropagation(event);
    if (isMeasuring() || (kind === "area" && hasOverlays())) picked(event.latlng);
    else choose(kind, feature.properties[key]);
  };
  return L.geoJSON({ type: "FeatureCollection", features }, {
    ...options,
    onEachFeature: (feature, shape) => shape.on("click", (event) => click(event, feature)),
  });
}

// The first of the list lies uppermost.
async function drawOverlays(drawing, given) {
  const { overlays } = drawing;
  const wanted = new Set(given.map((each) => each.id));
  for (const [id, { layer }] of overlays) {
    if (wanted.has(id)) continue;
    layer.remove();
    overlays.delete(id);
  }
  for (const overlay of [...given].reverse()) {
    if (!overlays.has(overlay.id)) overlays.set(overlay.id, { layer: await layerOf(drawing, overlay), overlay });
    overlays.get(overlay.id).layer.addTo(drawing.map);
    setOpacity(drawing, overlay.id, overlay.opacity);
    const { layer } = overlays.get(overlay.id);
    if (layer.bringToFront) layer.bringToFront();
  }
}

async function layerOf({ L, callbacks }, overlay) {
  if (overlay.kind === "raster") return L.tileLayer(absolute(overlay.tiles), { pane: "overlays", maxNativeZoom: 18, maxZoom: 19 });
  const features = await fetched(overlay.geojson, callbacks);
  const { plain } = overlay.style;
  const style = ({ properties }) => ({ color: colourOf(plain, properties), fillColor: colourOf(plain, properties), weight: 2 });
  const pointToLayer = (_feature, place) => L.circleMarker(place, { radius: 5, pane: "overlays" });
  return L.geoJSON({ type: "FeatureCollection", features }, { pane: "overlays", interactive: false, style, pointToLayer });
}

function colourOf({ one, categories, steps }, { value, category }) {
  if (one) return one;
  if (categories) return categories[category] || NO_VALUE;
  if (typeof value !== "number" || !steps.length) return NO_VALUE;
  const found = steps.find(([upper]) => upper === null || value <= upper) || steps[steps.length - 1];
  return found[1];
}

function setOpacity({ overlays }, id, opacity) {
  const drawn = overlays.get(id);
  if (!drawn) return;
  if (drawn.overlay.kind === "raster") drawn.layer.setOpacity(opacity);
  else drawn.layer.setStyle({ opacity, fillOpacity: opacity * FILL });
}

function drawMarks({ L, marks }, given) {
  marks.clearLayers();
  const dot = (radius, fillColor, color) => (_feature, place) => L.circleMarker(place, { radius, fillColor, color, weight: 3, fillOpacity: 1 });
  if (given.measured) L.geoJSON(given.measured.geojson, { interactive: false, style: { color: "#0b3d91", dashArray: "6 4" }, pointToLayer: dot(5, "#ffffff", "#0b3d91") }).addTo(marks);
  const picked = pickedOf(given.selected);
  if (picked) L.geoJSON(picked, { interactive: false, pointToLayer: dot(8, "#ffdd57", "#1c2420") }).addTo(marks);
}

function select({ map, shapes: groups }, selected) {
  const keys = { area: ["areas", "code"], wish: ["wishes", "id"], intervention: ["interventions", "id"] };
  for (const [kind, [name, key]] of Object.entries(keys)) {
    if (!groups[name]) continue;
    groups[name].resetStyle();
    groups[name].eachLayer((shape) => {
      if (!selected || selected.kind !== kind || shape.feature.properties[key] !== selected.id) return;
      shape.setStyle(SELECTED);
      shape.bringToFront();
    });
  }
  if (!selected || !selected.bounds) return;
  const [west, south, east, north] = selected.bounds;
  const middle = [(south + north) / 2, (west + east) / 2];
  if (!map.getBounds().contains(middle)) map.setView(middle, map.getZoom(), { animate: false });
}

// Enter takes what a click in the middle of the map would take.
function pickMiddle({ map }) {
  const { left, top, width, height } = map.getContainer().getBoundingClientRect();
  const target = document.elementFromPoint(left + width / 2, top + height / 2);
  if (target) target.dispatchEvent(new MouseEvent("click", { bubbles: true, clientX: left + width / 2, clientY: top + height / 2 }));
}
