// The planner's map: MapLibre where the machine can draw it, else Leaflet; the page beside it.
import { comparing } from "./planning_compare.js";
import { layerList } from "./planning_layers.js";
import { measuring } from "./planning_measure.js";
import { livePage, settings } from "./planning_page.js";

const NARROW = "(max-width: 63.99rem)";

export default async function plannersMap(root) {
  const canvas = root.querySelector("#planning-canvas");
  if (matchMedia(NARROW).matches) root.querySelector(".fold").open = false;
  let map = null;
  let compare = null;
  const page = livePage(root, {
    position: () => map.position(),
    changed: (given) => {
      measure.show();
      map.update(given);
      compare.update(given);
    },
  });
  const measure = measuring(root, { go: page.go, settings });
  const callbacks = {
    choose: (kind, id) => page.go(withSelection(`${kind}:${id}`)),
    picked: (place) => pickedAt(place, measure, page),
    isMeasuring: () => measure.is,
    moved: (place) => page.rewrite("at", place),
    capped: (is) => note("map-capped", is),
    failed: () => note("map-failed", true),
  };
  const silent = { ...callbacks, moved: () => {}, capped: () => {} };
  const { draw, first } = await start(root, canvas, callbacks);
  map = first;
  compare = comparing(root, {
    draw: (pane, given, name) => draw(root, pane, given, silent, name),
    left: map,
    split: (percent) => page.rewrite("split", String(percent)),
  });
  layerList(root, { setOpacity: map.setOpacity, rewrite: page.rewrite, submit: page.submit });
  root.dataset.engine = map.engine;
  root.planningMap = map;
  await map.ready;
  await compare.update(settings());
}

// With a layer on the map a click asks what is there; while measuring it adds a corner.
function pickedAt(place, measure, page) {
  if (measure.is) return measure.add(place);
  return page.go(withSelection(`point:${place.lng.toFixed(7)},${place.lat.toFixed(7)}`));
}

async function start(root, canvas, callbacks) {
  if (hasWebGL2()) {
    try {
      const { drawWithMaplibre } = await import("./planning_maplibre.js");
      return { draw: drawWithMaplibre, first: await drawWithMaplibre(root, canvas, settings(), callbacks) };
    } catch (error) {
      // Some machines offer WebGL2 and then refuse it.
      console.warn(error);
      canvas.replaceChildren();
    }
  }
  note("map-fallback", true);
  const { drawWithLeaflet } = await import("./planning_leaflet.js");
  return { draw: drawWithLeaflet, first: await drawWithLeaflet(root, canvas, settings(), callbacks) };
}

function hasWebGL2() {
  try {
    const context = document.createElement("canvas").getContext("webgl2");
    if (!context) return false;
    const lose = context.getExtension("WEBGL_lose_context");
    if (lose) lose.loseContext();
    return true;
  } catch {
    return false;
  }
}

function withSelection(key) {
  const address = new URL(location.href);
  address.searchParams.set("selected", key);
  return address.href;
}

function note(id, shown) {
  document.getElementById(id).hidden = !shown;
}
