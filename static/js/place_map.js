// The crosshair says where; one button keeps it. The map fills two form fields, the form saves.
const L = window.L;
const CLOSE_ENOUGH_TO_NAME = 14;
const PAUSE = 350;

export default function placeMap(form) {
  if (!L) throw new Error("Leaflet is not there");
  const part = (name) => form.querySelector(`[data-part="${name}"]`);
  const say = (words, isPlace) => {
    part("here").hidden = !isPlace;
    part("says").textContent = words;
  };
  form.hidden = false;
  document.getElementById("without-map").hidden = true;
  const map = drawMap(form, part("map"));
  const drawing = newDrawing(form, map, part, say);
  nameWhatIsHere(form, map, say);
  map.on("click", (event) => map.setView(event.latlng, Math.max(map.getZoom(), minimum(form))));
  form.addEventListener("submit", (event) => {
    if (!drawing.submit()) event.preventDefault();
  });
  drawing.restore(form.dataset.given, form.dataset.shape);
}

function minimum(form) {
  return Number(form.dataset.minimumZoom);
}

function drawMap(form, element) {
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const settings = form.dataset;
  const map = L.map(element, {
    zoomControl: false,
    doubleClickZoom: false,
    minZoom: 10,
    maxZoom: Number(settings.maxZoom),
    maxBoundsViscosity: 1,
    zoomAnimation: !still,
    fadeAnimation: !still,
    markerZoomAnimation: !still,
  });
  map.attributionControl.setPrefix(false);
  const sharp = window.devicePixelRatio > 1 && settings.tiles.includes("?") ? "&scale=2" : "";
  L.tileLayer(settings.tiles + sharp, { maxZoom: Number(settings.maxZoom), attribution: settings.attribution }).addTo(map);
  L.control.zoom({ position: "topleft", zoomInTitle: settings.zoomIn, zoomOutTitle: settings.zoomOut }).addTo(map);
  showCase(settings, map);
  map.on("zoomend moveend", () => { form.dataset.level = map.getZoom(); });
  form.dataset.level = map.getZoom();
  return map;
}

function showCase(settings, map) {
  if (!settings.outline) {
    map.setView([52.37, 4.65], 12);
    return;
  }
  const [west, south, east, north] = JSON.parse(settings.bounds);
  const bounds = L.latLngBounds([south, west], [north, east]);
  const look = { color: "#12402f", weight: 3, dashArray: "8 6", fill: false, interactive: false };
  L.geoJSON(JSON.parse(settings.outline), { style: look, interactive: false }).addTo(map);
  map.fitBounds(bounds);
  map.setMaxBounds(bounds.pad(0.25));
}

// After the map stops, tell in words what the crosshair is near.
function nameWhatIsHere(form, map, say) {
  let waiting = 0;
  let latest = 0;
  const ask = () => {
    if (map.getZoom() < CLOSE_ENOUGH_TO_NAME) {
      say(form.dataset.far);
      return;
    }
    const turn = ++latest;
    const here = map.getCenter();
    const body = new FormData();
    body.set("csrf_token", form.elements.csrf_token.value);
    body.set("lon", here.lng.toFixed(7));
    body.set("lat", here.lat.toFixed(7));
    fetch(form.dataset.near, { method: "POST", body })
      .then((answer) => (answer.ok ? answer.text() : ""))
      .then((words) => { if (words && turn === latest) say(words, true); })
      .catch(() => {});
  };
  map.on("moveend", () => {
    clearTimeout(waiting);
    waiting = setTimeout(ask, PAUSE);
  });
}

// One point, or a route or area of crosshair points: add, undo, finish.
function newDrawing(form, map, part, say) {
  const settings = form.dataset;
  const least = { line: 2, area: 3 };
  let shape = "point";
  let points = [];
  let layer = null;

  const position = (place) => [Number(place.lng.toFixed(7)), Number(place.lat.toFixed(7))];
  const keep = (type, coordinates) => {
    form.elements.geometry.value = JSON.stringify({ type, coordinates });
    form.elements.zoom.value = map.getZoom();
  };
  const comeCloser = () => {
    map.setZoom(minimum(form));
    say(settings.closer);
  };
  const draw = () => {
    if (layer) layer.remove();
    const look = { color: "#a3231b", weight: 5, interactive: false };
    const dots = points.map((place) => L.circleMarker(place, { radius: 7, color: "#ffffff", weight: 2, fillColor: "#a3231b", fillOpacity: 1, interactive: false }));
    const line = shape === "area" && points.length > 2 ? L.polygon(points, look) : L.polyline(points, look);
    layer = L.layerGroup([line, ...dots]).addTo(map);
    settings.drawn = points.length;
  };
  const choose = (wanted) => {
    shape = wanted;
    points = [];
    draw();
    part("drawing").hidden = shape === "point";
    part("main").lastElementChild.textContent = shape === "point" ? settings.choose : settings.add;
    part("help").textContent = { point: settings.helpPoint, line: settings.helpLine, area: settings.helpArea }[shape];
    for (const button of form.querySelectorAll("[data-shape-button]")) {
      button.setAttribute("aria-pressed", String(button.dataset.shapeButton === shape));
    }
  };
  const count = () => say(settings.points.replace("{count}", points.length));
  const add = () => {
    const here = map.getCenter();
    const last = points[points.length - 1];
    if (last && last.distanceTo(here) < 1) {
      say(settings.same);
      return;
    }
    points.push(here);
    draw();
    count();
  };
  const undo = () => {
    points.pop();
    draw();
    count();
  };
  const finish = () => {
    if (points.length < least[shape]) {
      say(shape === "line" ? settings.fewLine : settings.fewArea);
      return;
    }
    const line = points.map(position);
    if (shape === "line") keep("LineString", line);
    else keep("Polygon", [[...line, line[0]]]);
    form.submit();
  };

  part("undo").addEventListener("click", undo);
  part("finish").addEventListener("click", finish);
  for (const button of form.querySelectorAll("[data-shape-button]")) {
    button.addEventListener("click", () => choose(button.dataset.shapeButton));
  }

  return {
    // Whether the form may go: a point from close enough. Otherwise the button does its own work.
    submit() {
      if (map.getZoom() < minimum(form)) {
        comeCloser();
        return false;
      }
      if (shape !== "point") {
        add();
        return false;
      }
      keep("Point", position(map.getCenter()));
      return true;
    },
    // Show what was placed before, or start with the shape that was asked for.
    restore(given, wanted) {
      const known = given ? JSON.parse(given) : null;
      const kind = { LineString: "line", Polygon: "area" }[known && known.type];
      if (kind) {
        choose(kind);
        const ring = kind === "area" ? known.coordinates[0].slice(0, -1) : known.coordinates;
        points = ring.map(([lng, lat]) => L.latLng(lat, lng));
        draw();
        map.fitBounds(L.latLngBounds(points), { maxZoom: 18 });
      } else if (known && known.type === "Point") {
        map.setView([known.coordinates[1], known.coordinates[0]], 18);
        if (wanted) choose(wanted);
      } else if (wanted) {
        choose(wanted);
      }
    },
  };
}
