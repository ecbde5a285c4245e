// Draws a point, line or area with the mouse, a finger or the keyboard, into a form field as GeoJSON.
import { STYLE, geometryLayer, makeMap, showAll } from "./intervention_map.js";
import { areaOf, crossesItself, lengthOf } from "./shape_measures.js";

const NEEDED = { Point: 1, LineString: 2, Polygon: 3 };
const STEP_PIXELS = 8;
const STEPS = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] };

export default function drawGeometry(element) {
  return new Drawing(element);
}

class Drawing {
  constructor(element) {
    this.element = element;
    this.field = document.getElementById(element.dataset.field);
    this.status = element.querySelector("[data-part=status]");
    this.list = element.querySelector("[data-part=corners]");
    this.example = element.querySelector("template");
    element.querySelector("[data-part=tools]").hidden = false;
    this.map = makeMap(element.querySelector("[data-part=map]"));
    this.drawn = L.layerGroup().addTo(this.map);
    this.kind = "Polygon";
    this.points = [];
    this.kept = null;
    this.read();
    this.listen();
  }

  listen() {
    this.map.on("click", (event) => this.add(event.latlng));
    this.field.addEventListener("change", () => this.read());
    this.press("add", () => this.add(this.map.getCenter()));
    this.press("undo", () => this.remove(this.points.length - 1));
    this.press("clear", () => this.clear());
    this.press("show", () => showAll(this.map, L.featureGroup(this.drawn.getLayers())));
    for (const choice of this.element.querySelectorAll("[name=shape]")) {
      choice.addEventListener("change", () => this.become(choice.value));
    }
  }

  press(part, work) {
    this.element.querySelector(`[data-part=${part}]`).addEventListener("click", work);
  }

  // What the field holds is what is shown; a place of several parts is shown but not bent here.
  read() {
    const geometry = parsed(this.field.value);
    this.points = [];
    this.kept = null;
    if (geometry && isSingle(geometry)) {
      this.kind = geometry.type;
      this.points = cornersOf(geometry);
    } else if (geometry) {
      this.kept = geometry;
    }
    const choice = this.element.querySelector(`[name=shape][value=${this.kind}]`);
    choice.checked = true;
    this.draw();
    if (geometry) showAll(this.map, L.featureGroup(this.drawn.getLayers()));
  }

  become(kind) {
    this.kind = kind;
    if (kind === "Point") this.points = this.points.slice(-1);
    if (this.kept) return;
    this.changed();
  }

  add(place) {
    if (this.kept) return;
    const point = rounded(place);
    this.points = this.kind === "Point" ? [point] : [...this.points, point];
    this.changed();
  }

  remove(place) {
    if (place < 0) return;
    this.points = this.points.filter((_, n) => n !== place);
    this.changed();
  }

  clear() {
    this.points = [];
    this.kept = null;
    this.changed();
  }

  move(place, to) {
    this.points = this.points.map((point, n) => (n === place ? rounded(to) : point));
    this.changed();
  }

  changed() {
    this.field.value = this.kept ? JSON.stringify(this.kept) : this.text();
    this.draw();
  }

  text() {
    const enough = this.points.length >= NEEDED[this.kind];
    return enough ? JSON.stringify(geometryOf(this.kind, this.points)) : "";
  }

  draw() {
    const focused = document.activeElement?.dataset?.corner;
    this.drawn.clearLayers();
    if (this.kept) geometryLayer(this.kept).addTo(this.drawn);
    const places = this.points.map(([lng, lat]) => [lat, lng]);
    if (this.kind === "LineString") L.polyline(places, STYLE).addTo(this.drawn);
    if (this.kind === "Polygon") L.polygon(places, STYLE).addTo(this.drawn);
    places.forEach((place, n) => this.marker(place, n));
    this.writeList();
    this.status.textContent = this.words();
    if (focused !== undefined) {
      this.element.querySelector(`.corner[data-corner="${focused}"]`)?.focus();
    }
  }

  marker(place, n) {
    const icon = L.divIcon({ className: "corner", iconSize: [24, 24] });
    const marker = L.marker(place, { icon, draggable: true, keyboard: true }).addTo(this.drawn);
    const handle = marker.getElement();
    handle.dataset.corner = n;
    handle.setAttribute("aria-label", this.say("corner", { n: n + 1 }));
    marker.on("dragend", () => this.move(n, marker.getLatLng()));
    handle.addEventListener("keydown", (event) => this.steer(event, n, marker));
  }

  steer(event, n, marker) {
    const step = STEPS[event.key];
    if (step) {
      const pixel = this.map.latLngToContainerPoint(marker.getLatLng());
      this.move(n, this.map.containerPointToLatLng(pixel.add(step.map((part) => part * STEP_PIXELS))));
    } else if (event.key === "Delete" || event.key === "Backspace") {
      this.remove(n);
    } else {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  }

  writeList() {
    this.list.replaceChildren(...this.points.map((point, n) => this.listed(point, n)));
  }

  listed([lng, lat], n) {
    const item = this.example.content.firstElementChild.cloneNode(true);
    const where = `${lat.toFixed(5)}, ${lng.toFixed(5)}`;
    item.querySelector("bdi").textContent = where;
    const button = item.querySelector("button");
    button.setAttribute("aria-label", this.say("removeCorner", { n: n + 1 }));
    button.addEventListener("click", () => {
      this.remove(n);
      this.element.querySelector("[data-part=add]").focus();
    });
    return item;
  }

  words() {
    if (this.kept) return this.say("several");
    const left = NEEDED[this.kind] - this.points.length;
    if (left > 0) return this.say("more", { n: this.number(left) });
    if (this.kind === "Point") return this.say("point");
    const closed = this.kind === "Polygon";
    if (crossesItself(this.points, closed)) return this.say("crosses");
    const size = closed ? areaOf(this.points) : lengthOf(this.points);
    return this.say(closed ? "area" : "line", { n: this.number(size) });
  }

  number(value) {
    return new Intl.NumberFormat(document.documentElement.lang).format(Math.round(value));
  }

  say(key, values = {}) {
    const words = this.element.dataset[`words${key[0].toUpperCase()}${key.slice(1)}`];
    return words.replace(/\{(\w+)\}/g, (_, name) => values[name]);
  }
}

function parsed(text) {
  try {
    const found = JSON.parse(text);
    return simplest(found.type === "Feature" ? found.geometry : found);
  } catch {
    return null;
  }
}

// A multi geometry with one part is that part.
function simplest(geometry) {
  const one = /^Multi/.test(geometry.type) && geometry.coordinates.length === 1;
  if (!one) return geometry;
  return { type: geometry.type.slice("Multi".length), coordinates: geometry.coordinates[0] };
}

function isSingle(geometry) {
  return geometry.type in NEEDED && !(geometry.type === "Polygon" && geometry.coordinates.length > 1);
}

function cornersOf({ type, coordinates }) {
  if (type === "Point") return [coordinates];
  return type === "LineString" ? coordinates : coordinates[0].slice(0, -1);
}

function geometryOf(type, points) {
  if (type === "Point") return { type, coordinates: points[0] };
  return { type, coordinates: type === "LineString" ? points : [[...points, points[0]]] };
}

function rounded({ lng, lat }) {
  return [lng, lat].map((value) => Number(value.toFixed(7)));
}
