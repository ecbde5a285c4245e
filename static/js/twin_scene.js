// Draws the 3-D view with MapLibre GL: blocks, crowns on stems, plans, shade on the ground, sunlight.
import { baseTiles, loadStyle } from "./planning_parts.js";
import { crowns, stems } from "./twin_trees.js";

const NOTHING = { type: "FeatureCollection", features: [] };
const STILL = matchMedia("(prefers-reduced-motion: reduce)");
const TURN = 15;
const FONT = ["Atkinson Hyperlegible", "Noto Sans", "Noto Sans Arabic", "sans-serif"];
const SUNNY = { sky: "#a9cfe8", horizon: "#eaf3f7", ground: "#f6f1e6" };
const NIGHT = { sky: "#1c2a44", horizon: "#44536f", ground: "#8d93a0" };

export async function drawTwin(root, canvas, now) {
  const [maplibre] = await Promise.all([import(root.dataset.maplibre), loadStyle(root.dataset.maplibreStyle)]);
  maplibre.setWorkerUrl(root.dataset.maplibreWorker);
  const words = JSON.parse(root.dataset.words);
  const map = new maplibre.Map({
    container: canvas,
    style: style(),
    center: now.centre,
    zoom: now.zoom,
    bearing: now.bearing,
    pitch: now.pitch,
    minZoom: 14,
    maxZoom: 20,
    maxPitch: 75,
    fadeDuration: 0,
    attributionControl: false,
    canvasContextAttributes: { antialias: true },
    cooperativeGestures: false,
    locale: {
      "Map.Title": words.map,
      "NavigationControl.ZoomIn": words.zoom_in,
      "NavigationControl.ZoomOut": words.zoom_out,
      "NavigationControl.ResetBearing": words.north,
      "FullscreenControl.Enter": words.full,
      "FullscreenControl.Exit": words.full_end,
    },
  });
  map.scrollZoom.setWheelZoomRate(1 / 600);
  map.addControl(new maplibre.NavigationControl({ visualizePitch: true }), "top-right");
  map.addControl(new maplibre.FullscreenControl({ container: root.querySelector(".twin-stage") }), "top-right");
  map.addControl(new maplibre.ScaleControl({ unit: "metric", maxWidth: 140 }), "bottom-left");
  map.getCanvas().setAttribute("aria-describedby", "twin-keys");
  await new Promise((resolve, reject) => {
    map.once("load", resolve);
    setTimeout(() => reject(new Error("the map did not load")), 20000);
  });
  turnButtons(root, map);
  return {
    position: () => position(map),
    fill: (scene) => fill(map, scene),
    light: (told) => light(map, told),
    look: (next) => map.jumpTo({ center: next.centre, zoom: next.zoom, bearing: next.bearing, pitch: next.pitch }),
    moved: (follow) => map.on("moveend", () => follow(map.getCenter().toArray())),
    ready: () =>
      new Promise((resolve) => {
        map.once("idle", resolve);
        setTimeout(resolve, 8000);
      }),
  };
}

function position(map) {
  const { lng, lat } = map.getCenter();
  const rest = [map.getZoom(), map.getBearing(), map.getPitch()].map((each) => each.toFixed(1));
  return [lng.toFixed(6), lat.toFixed(6), ...rest].join(",");
}

function style() {
  const source = () => ({ type: "geojson", data: NOTHING });
  const blocks = (id, from, paint, filter) => ({ id, type: "fill-extrusion", source: from, ...(filter ? { filter } : {}), paint });
  return {
    version: 8,
    sources: {
      base: { type: "raster", tiles: [baseTiles()], tileSize: 256, maxzoom: 19 },
      surfaces: source(),
      buildings: source(),
      crowns: source(),
      stems: source(),
      streets: source(),
      plans: source(),
      shadows: source(),
    },
    sky: { "sky-color": SUNNY.sky, "horizon-color": SUNNY.horizon, "fog-color": SUNNY.ground, "sky-horizon-blend": 0.6, "horizon-fog-blend": 0.6, "fog-ground-blend": 0.85 },
    layers: [
      { id: "ground", type: "background", paint: { "background-color": SUNNY.ground } },
      { id: "base", type: "raster", source: "base", paint: { "raster-fade-duration": 0 } },
      { id: "surfaces", type: "fill", source: "surfaces", paint: { "fill-color": ["get", "colour"] } },
      { id: "plans-line", type: "line", source: "plans", layout: { "line-cap": "round", "line-join": "round" }, paint: { "line-color": ["get", "colour"], "line-width": 4, "line-opacity": 0.8 } },
      { id: "flat", type: "fill", source: "buildings", filter: ["==", ["get", "height"], null], paint: { "fill-color": "#c9c2b4", "fill-outline-color": "#44504a" } },
      { id: "shadows", type: "fill", source: "shadows", paint: { "fill-color": "#14233f", "fill-opacity": 0.42, "fill-antialias": false } },
      { id: "night", type: "background", paint: { "background-color": "#16233f", "background-opacity": 0 } },
      blocks("plans-block", "plans", { "fill-extrusion-color": ["get", "colour"], "fill-extrusion-height": 0.5, "fill-extrusion-opacity": 0.28 }, ["==", ["geometry-type"], "Polygon"]),
      blocks("stems", "stems", { "fill-extrusion-color": "#8a6b4b", "fill-extrusion-height": ["get", "top"] }),
      blocks("crowns", "crowns", { "fill-extrusion-color": ["get", "colour"], "fill-extrusion-base": ["get", "base"], "fill-extrusion-height": ["get", "top"], "fill-extrusion-opacity": 0.9 }),
      blocks("buildings", "buildings", { "fill-extrusion-color": ["interpolate", ["linear"], ["get", "height"], 3, "#f3e9d6", 12, "#e9d8ba", 30, "#dcc49b"], "fill-extrusion-height": ["get", "height"], "fill-extrusion-vertical-gradient": true }, ["!=", ["get", "height"], null]),
      names("streets", "line", 13, "#1c2420", {}),
      names("plans", "point", 14, "#0b3a57", { "text-font": FONT, "text-max-width": 9, "text-offset": [0, -1] }),
    ],
  };
}

function names(source, placement, size, colour, more) {
  return {
    id: `${source}-names`,
    type: "symbol",
    source,
    layout: { "text-field": ["get", "name"], "text-font": FONT, "text-size": size, "symbol-placement": placement, "text-padding": 6, "symbol-spacing": 350, ...more },
    paint: { "text-color": colour, "text-halo-color": "#ffffff", "text-halo-width": 2 },
  };
}

function fill(map, scene) {
  map.getSource("surfaces").setData(scene.ground);
  map.getSource("buildings").setData(scene.buildings);
  map.getSource("streets").setData(scene.streets);
  map.getSource("plans").setData(scene.plans);
  map.getSource("crowns").setData(crowns(scene.trees, scene.planted));
  map.getSource("stems").setData(stems([...scene.trees, ...scene.planted]));
}

// Light comes from where the sun stands; a low sun is warm, and without one it is blue and dim.
function light(map, { sun, shadows }) {
  const isUp = sun.elevation > 0;
  const warmth = Math.max(0, 1 - sun.elevation / 35);
  const colours = isUp ? SUNNY : NIGHT;
  map.getSource("shadows").setData(shadows);
  map.setLight({
    anchor: "map",
    position: [1.4, sun.azimuth, Math.min(90 - sun.elevation, 82)],
    color: isUp ? `rgb(255, ${Math.round(252 - 40 * warmth)}, ${Math.round(240 - 90 * warmth)})` : "#8fa3cc",
    intensity: isUp ? 0.42 : 0.16,
  });
  map.setSky({ "sky-color": colours.sky, "horizon-color": isUp && warmth > 0.6 ? "#f6d9b0" : colours.horizon, "fog-color": colours.ground, "sky-horizon-blend": 0.6, "horizon-fog-blend": 0.6, "fog-ground-blend": 0.85 });
  map.setPaintProperty("night", "background-opacity", isUp ? 0 : 0.5);
}

function turnButtons(root, map) {
  const turns = {
    left: () => ({ bearing: map.getBearing() - TURN }),
    right: () => ({ bearing: map.getBearing() + TURN }),
    up: () => ({ pitch: Math.max(0, map.getPitch() - TURN) }),
    down: () => ({ pitch: Math.min(75, map.getPitch() + TURN) }),
  };
  for (const button of root.querySelectorAll("[data-turn]")) {
    button.addEventListener("click", () => map.easeTo({ ...turns[button.dataset.turn](), duration: STILL.matches ? 0 : 300 }));
  }
}
