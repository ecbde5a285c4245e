// Draws the planner's map with MapLibre GL from vector tiles.
import { addClusters, openCluster, single } from "./planning_clusters.js";
import { patterns, picture } from "./planning_images.js";
import { drawOverlays, setOpacity } from "./planning_overlays.js";
import { absolute, baseTiles, crossIn, loadStyle, pickedOf, placeWords } from "./planning_parts.js";

const HATCH = "no-figure";
const CLICK_MARGIN = 5;
const CHOOSABLE = [
  ["wish", "wishes-symbol", "id"],
  ["wish", "wishes-line", "id"],
  ["intervention", "interventions-symbol", "id"],
  ["intervention", "interventions-line", "id"],
  ["intervention", "interventions-fill", "id"],
  ["area", "areas-fill", "code"],
  ["area", "areas-no_figure", "code"],
  ["area", "areas-plain", "code"],
];
const FIRST_ABOVE_AREAS = "interventions-fill";
const POLYGONS = ["Polygon", "MultiPolygon"];
const POINTS = ["Point", "MultiPoint"];
const NOTHING = { type: "FeatureCollection", features: [] };

export async function drawWithMaplibre(root, canvas, first, callbacks, name) {
  const [maplibre] = await Promise.all([
    import(root.dataset.maplibre),
    loadStyle(root.dataset.maplibreStyle),
  ]);
  maplibre.setWorkerUrl(root.dataset.maplibreWorker);
  const words = JSON.parse(root.dataset.words);
  const symbols = JSON.parse(root.dataset.symbols);
  const map = new maplibre.Map({
    container: canvas,
    style: style(first, symbols),
    ...view(first),
    attributionControl: false,
    dragRotate: false,
    pitchWithRotate: false,
    touchPitch: false,
    fadeDuration: 0,
    minZoom: 5,
    maxZoom: 20,
    locale: {
      "Map.Title": name || words.map,
      "NavigationControl.ZoomIn": words.zoom_in,
      "NavigationControl.ZoomOut": words.zoom_out,
    },
  });
  map.touchZoomRotate.disableRotation();
  map.keyboard.disableRotation();
  map.addControl(new maplibre.NavigationControl({ showCompass: false }), "top-right");
  const corner = getComputedStyle(root).direction === "rtl" ? "bottom-left" : "bottom-right";
  map.addControl(new maplibre.ScaleControl({ unit: "metric" }), corner);
  map.getCanvas().setAttribute("aria-describedby", "map-keys");
  crossIn(canvas);
  const drawing = { map, shown: null };
  const ready = prepare(drawing, root, symbols, first);
  listen(drawing, callbacks, Number(root.dataset.most));
  return {
    engine: "maplibre",
    map,
    ready,
    position: () => placeWords(map.getCenter(), map.getZoom()),
    update: (given) => ready.then(() => update(drawing, given)),
    setOpacity: (id, opacity) => setOpacity(map, id, opacity),
    camera: () => ({ center: map.getCenter(), zoom: map.getZoom() }),
    jump: (camera) => map.jumpTo(camera),
    onMove: (follow) => map.on("move", follow),
    resize: () => map.resize(),
    remove: () => map.remove(),
  };
}

function view(given) {
  if (given.centre) return { center: given.centre.slice(0, 2), zoom: given.centre[2] };
  const [west, south, east, north] = given.bounds;
  return { bounds: [[west, south], [east, north]], fitBoundsOptions: { padding: 24, animate: false } };
}

function style(given, symbols) {
  const colours = ["match", ["get", "phase_type"]];
  for (const each of symbols.filter((item) => item.group === "phase")) colours.push(each.key, each.colour);
  colours.push("#6b6b6b");
  const themes = ["match", ["get", "theme"]];
  for (const each of symbols.filter((item) => item.group === "theme")) themes.push(each.key, each.colour);
  themes.push("#6b6b6b");
  return {
    version: 8,
    sources: {
      base: { type: "raster", tiles: [baseTiles()], tileSize: 256, maxzoom: 19 },
      wishes: vector(given.wishes.tiles),
      interventions: vector(given.interventions.tiles),
      measured: { type: "geojson", data: NOTHING },
      picked: { type: "geojson", data: NOTHING },
    },
    layers: [
      { id: "ground", type: "background", paint: { "background-color": "#f6f1e6" } },
      { id: "base", type: "raster", source: "base", paint: { "raster-saturation": -0.3, "raster-fade-duration": 0 } },
      layer("interventions", "fill", "fill", POLYGONS, { "fill-color": colours, "fill-opacity": 0.45 }),
      layer("interventions", "line", "line", null, { "line-color": colours, "line-width": 3 }),
      layer("wishes", "line", "line", null, { "line-color": themes, "line-width": 4 }),
      selection("interventions"),
      selection("wishes"),
      drawnLayer("measured", "fill", POLYGONS, { "fill-color": "#0b3d91", "fill-opacity": 0.2 }),
      drawnLayer("measured", "line", null, { "line-color": "#0b3d91", "line-width": 3, "line-dasharray": [2, 1] }),
      drawnLayer("measured", "circle", null, { "circle-color": "#ffffff", "circle-radius": 5, "circle-stroke-color": "#0b3d91", "circle-stroke-width": 3 }),
      drawnLayer("picked", "circle", null, { "circle-color": "#ffdd57", "circle-radius": 8, "circle-stroke-color": "#1c2420", "circle-stroke-width": 3 }),
    ],
  };
}

function vector(tiles) {
  return { type: "vector", tiles: [absolute(tiles)], maxzoom: 18 };
}

function drawnLayer(source, type, shapes, paint) {
  return { id: `${source}-${type}`, type, source, paint, ...(shapes ? { filter: isOne(shapes) } : {}) };
}

function isOne(shapes) {
  return ["in", ["geometry-type"], ["literal", shapes]];
}

function layer(source, name, type, shapes, paint) {
  const filter = shapes ? isOne(shapes) : ["!", isOne(POINTS)];
  return { id: `${source}-${name}`, type, source, "source-layer": source, filter, paint };
}

function symbol(source, image, filter = ["==", ["geometry-type"], "Point"]) {
  const size = ["interpolate", ["linear"], ["zoom"], 9, 0.55, 13, 0.85, 15, 1];
  const layout = { "icon-image": image, "icon-size": size, "icon-allow-overlap": true };
  return { id: `${source}-symbol`, type: "symbol", source, "source-layer": source, filter, layout };
}

function selection(source) {
  const paint = { "circle-radius": 18, "circle-color": "#ffdd57", "circle-stroke-color": "#1c2420", "circle-stroke-width": 3 };
  const filter = ["==", ["get", "id"], -1];
  return { id: `${source}-selected`, type: "circle", source, "source-layer": source, filter, paint };
}

async function prepare(drawing, root, symbols, first) {
  const { map } = drawing;
  const loaded = new Promise((resolve) => map.once("load", resolve));
  const [hatch, ...pictures] = await Promise.all([
    map.loadImage(absolute(root.dataset.hatch)),
    ...symbols.map(picture),
    loaded,
  ]);
  map.addImage(HATCH, hatch.data, { pixelRatio: 2 });
  symbols.forEach((each, place) => map.addImage(each.id, pictures[place], { pixelRatio: 2 }));
  map.addLayer(symbol("interventions", ["concat", "phase-", ["get", "phase_type"]]));
  map.addLayer(symbol("wishes", ["concat", "theme-", ["get", "theme"]], single));
  addClusters(map);
  for (const [pattern, image] of Object.entries(patterns())) map.addImage(`pattern-${pattern}`, image, { pixelRatio: 2 });
  for (const id of ["measured-fill", "measured-line", "measured-circle", "picked-circle"]) map.moveLayer(id);
  update(drawing, first);
  await new Promise((resolve) => {
    map.once("idle", resolve);
    setTimeout(resolve, 10000);
  });
}

function update(drawing, given) {
  const { map, shown } = drawing;
  for (const name of ["wishes", "interventions"]) {
    if (shown && shown[name].tiles !== given[name].tiles) map.getSource(name).setTiles([absolute(given[name].tiles)]);
  }
  if (!shown || JSON.stringify(shown.areas) !== JSON.stringify(given.areas)) drawAreas(map, given.areas);
  drawOverlays(map, given.overlays);
  map.getSource("measured").setData(given.measured ? given.measured.geojson : NOTHING);
  drawing.shown = given;
  select(map, given.selected);
}

function drawAreas(map, areas) {
  for (const each of map.getStyle().layers) if (each.id.startsWith("areas-")) map.removeLayer(each.id);
  if (map.getSource("areas")) map.removeSource("areas");
  if (!areas) return;
  map.addSource("areas", { ...vector(areas.tiles), maxzoom: 16 });
  const common = { source: "areas", "source-layer": "areas" };
  const add = (id, type, rest) => map.addLayer({ id: `areas-${id}`, type, ...common, ...rest }, FIRST_ABOVE_AREAS);
  const paints = areas.style.maplibre;
  if (paints.fill) add("fill", "fill", paints.fill);
  else add("plain", "fill", { paint: { "fill-opacity": 0 } });
  // The hatch is quieter here than on paper: the base stays readable beneath it.
  if (paints.no_figure) add("no_figure", "fill", quieter(paints.no_figure));
  add("outline", "line", paints.outline);
  add("selected-back", "line", { filter: ["==", ["get", "code"], ""], paint: { "line-color": "#ffdd57", "line-width": 7 } });
  add("selected", "line", { filter: ["==", ["get", "code"], ""], paint: { "line-color": "#1c2420", "line-width": 3 } });
}

function quieter({ filter, paint }) {
  return { filter, paint: { ...paint, "fill-opacity": 0.55 } };
}

function select(map, selected) {
  const id = (kind) => (selected && selected.kind === kind ? selected.id : kind === "area" ? "" : -1);
  for (const name of ["areas-selected", "areas-selected-back"]) {
    if (map.getLayer(name)) map.setFilter(name, ["==", ["get", "code"], id("area")]);
  }
  map.setFilter("wishes-selected", ["==", ["get", "id"], id("wish")]);
  map.setFilter("interventions-selected", ["==", ["get", "id"], id("intervention")]);
  map.getSource("picked").setData(pickedOf(selected) || NOTHING);
  if (selected && selected.bounds) bringIntoSight(map, selected.bounds);
}

// Only what lies outside the map moves it, and without a flight.
function bringIntoSight(map, [west, south, east, north]) {
  const sight = map.getBounds();
  const middle = [(west + east) / 2, (south + north) / 2];
  if (!sight.contains(middle)) map.jumpTo({ center: middle });
}

function listen(drawing, callbacks, most) {
  const { map } = drawing;
  map.on("click", (event) => pick(drawing, event.point, callbacks));
  map.getCanvas().addEventListener("keydown", (event) => {
    if (event.key === "Enter") pick(drawing, map.project(map.getCenter()), callbacks);
  });
  map.on("moveend", () => callbacks.moved(placeWords(map.getCenter(), map.getZoom())));
  map.on("idle", () => {
    const found = ["wishes", "interventions"].flatMap((name) => map.querySourceFeatures(name, { sourceLayer: name }));
    callbacks.capped(found.some((feature) => feature.properties.of > most));
  });
  map.on("error", (event) => {
    if (event.sourceId && event.sourceId !== "base") callbacks.failed();
  });
}

// A wish or plan, else the place itself when layers are shown, else the area.
function pick({ map, shown }, point, { choose, picked, isMeasuring }) {
  if (isMeasuring()) return picked(map.unproject(point));
  const box = [[point.x - CLICK_MARGIN, point.y - CLICK_MARGIN], [point.x + CLICK_MARGIN, point.y + CLICK_MARGIN]];
  if (openCluster(map, box)) return null;
  for (const [kind, name, key] of CHOOSABLE) {
    if (!map.getLayer(name)) continue;
    if (kind === "area" && shown.overlays.length) return picked(map.unproject(point));
    const [found] = map.queryRenderedFeatures(kind === "area" ? point : box, { layers: [name] });
    if (found) return choose(kind, found.properties[key]);
  }
  return shown.overlays.length ? picked(map.unproject(point)) : null;
}
