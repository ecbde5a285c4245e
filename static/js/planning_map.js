// The planner's map: MapLibre where the machine can draw it, else Leaflet; the page beside it.
import { livePage, settings } from "./planning_page.js";

const NARROW = "(max-width: 63.99rem)";

export default async function plannersMap(root) {
  const canvas = root.querySelector("#planning-canvas");
  if (matchMedia(NARROW).matches) root.querySelector(".fold").open = false;
  let map = null;
  const page = livePage(root, {
    position: () => map.position(),
    changed: (given) => map.update(given),
  });
  const callbacks = {
    choose: (kind, id) => page.go(withSelection(kind, id)),
    moved: (place) => page.rewrite("at", place),
    capped: (is) => note("map-capped", is),
    failed: () => note("map-failed", true),
  };
  map = await start(root, canvas, callbacks);
  root.dataset.engine = map.engine;
  root.planningMap = map;
  await map.ready;
}

async function start(root, canvas, callbacks) {
  if (hasWebGL2()) {
    try {
      const { drawWithMaplibre } = await import("./planning_maplibre.js");
      return await drawWithMaplibre(root, canvas, settings(), callbacks);
    } catch (error) {
      // Some machines offer WebGL2 and then refuse it.
      console.warn(error);
      canvas.replaceChildren();
    }
  }
  note("map-fallback", true);
  const { drawWithLeaflet } = await import("./planning_leaflet.js");
  return drawWithLeaflet(root, canvas, settings(), callbacks);
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

function withSelection(kind, id) {
  const address = new URL(location.href);
  address.searchParams.set("selected", `${kind}:${id}`);
  return address.href;
}

function note(id, shown) {
  document.getElementById(id).hidden = !shown;
}
