// The map of a case. The list on the page holds the same, so the map is loaded only when someone
// asks for it, or when it comes into view on a wide screen without a wish to save data.
const COLOURS = {
  vulnerable_neighbourhoods: "#1b5e43",
  town_edge: "#b07d12",
  outer_area: "#5f8f3f",
  wish: "#1d5f8a",
  plan: "#7a2e5d",
};
const DOT = { radius: 9, color: "#ffffff", weight: 2, fillOpacity: 1 };

export default function caseMap(section) {
  const button = section.querySelector("button");
  const open = () => {
    button.hidden = true;
    return show(section).catch(() => {
      section.querySelector(".map-state").textContent = section.dataset.failed;
      button.hidden = false;
    });
  };
  button.hidden = false;
  button.addEventListener("click", open);
  if (mayLoadItself()) whenInView(section, () => button.hidden || open());
}

function mayLoadItself() {
  const saving = navigator.connection && navigator.connection.saveData;
  return !saving && matchMedia("(min-width: 60rem) and (pointer: fine)").matches;
}

function whenInView(section, act) {
  const observer = new IntersectionObserver((entries) => {
    if (entries.some((entry) => entry.isIntersecting)) {
      observer.disconnect();
      act();
    }
  });
  observer.observe(section);
}

async function show(section) {
  const [answer] = await Promise.all([
    fetch(section.dataset.source, { headers: { Accept: "application/geo+json" } }),
    load("link", { rel: "stylesheet", href: section.dataset.style }),
    window.L ? null : load("script", { src: section.dataset.script }),
  ]);
  if (!answer.ok) throw new Error(`the map answers ${answer.status}`);
  draw(section, await answer.json());
}

function load(tag, attributes) {
  return new Promise((resolve, reject) => {
    const element = Object.assign(document.createElement(tag), attributes);
    element.onload = resolve;
    element.onerror = () => reject(new Error(`${tag} does not load`));
    document.head.append(element);
  });
}

function draw(section, collection) {
  const frame = section.querySelector(".map-frame");
  const place = document.createElement("div");
  place.className = "map";
  place.setAttribute("role", "region");
  place.setAttribute("aria-label", section.dataset.label);
  frame.textContent = "";
  frame.append(place);
  const map = L.map(place, { zoomControl: false, scrollWheelZoom: false, minZoom: 8, maxZoom: 19 });
  map.attributionControl.setPrefix(false);
  L.control.zoom({ zoomInTitle: section.dataset.zoomIn, zoomOutTitle: section.dataset.zoomOut }).addTo(map);
  L.tileLayer(section.dataset.tiles, { attribution: section.dataset.attribution, maxZoom: 19 }).addTo(map);
  const layers = ["part", "plan", "wish"].map((name) => layer(section, collection, name).addTo(map));
  const bounds = layers.map((one) => one.getBounds()).find((box) => box.isValid());
  map.fitBounds(bounds || [[50.7, 3.3], [53.6, 7.3]], { animate: false, padding: [12, 12] });
  frame.dataset.map = "shown";
}

function layer(section, collection, name) {
  const features = collection.features.filter((feature) => feature.properties.layer === name);
  return L.geoJSON(features, {
    style: (feature) => style(feature.properties),
    interactive: name !== "part",
    pointToLayer: (feature, place) =>
      L.circleMarker(place, Object.assign(style(feature.properties), DOT)),
    onEachFeature: (feature, one) => {
      if (name !== "part") one.bindPopup(() => words(section, feature.properties), { closeButton: false });
    },
  });
}

function style({ layer: name, kind }) {
  const colour = COLOURS[name === "part" ? kind : name];
  if (name === "part") return { color: colour, weight: 2, dashArray: "6 4", fillColor: colour, fillOpacity: 0.16 };
  return { color: colour, weight: 4, fillColor: colour, fillOpacity: 0.35 };
}

function words(section, { layer: name, number, title }) {
  const box = document.createElement("div");
  const kind = Object.assign(document.createElement("strong"), { textContent: section.dataset[name] });
  const text = Object.assign(document.createElement("p"), { textContent: title, dir: "auto" });
  const link = Object.assign(document.createElement("a"), {
    href: section.dataset[`${name}Url`].replace(/0$/, String(number)),
    textContent: section.dataset.open,
  });
  box.append(kind, text, link);
  return box;
}
