// Draws the planner's map with Leaflet, on machines without WebGL: the same rows as GeoJSON.
import { absolute, baseTiles, crossIn, loadStyle, placeWords } from "./planning_parts.js";

const SELECTED = { color: "#1c2420", weight: 5 };

export async function drawWithLeaflet(root, canvas, first, callbacks) {
  await Promise.all([import(root.dataset.leaflet), loadStyle(root.dataset.leafletStyle)]);
  const L = window.L;
  const words = JSON.parse(root.dataset.words);
  const map = L.map(canvas, { zoomControl: false, attributionControl: false, minZoom: 5, maxZoom: 19, zoomSnap: 0.25 });
  L.control.zoom({ position: "topright", zoomInTitle: words.zoom_in, zoomOutTitle: words.zoom_out }).addTo(map);
  L.tileLayer(baseTiles(), { maxZoom: 19 }).addTo(map);
  canvas.setAttribute("role", "region");
  canvas.setAttribute("aria-label", words.map);
  crossIn(canvas);
  look(map, first);
  const colours = {};
  for (const each of JSON.parse(root.dataset.symbols)) colours[each.id] = each.colour;
  const drawing = { L, map, colours, callbacks, most: Number(root.dataset.most), shapes: {}, shown: null };
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
  if (drawing.shapes.areas) drawing.shapes.areas.bringToBack();
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
  return shapes(L, features, { style: plain }, "area", "code", callbacks);
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

function shapes(L, features, options, kind, key, { choose }) {
  return L.geoJSON({ type: "FeatureCollection", features }, {
    ...options,
    onEachFeature: (feature, shape) => shape.on("click", () => choose(kind, feature.properties[key])),
  });
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
