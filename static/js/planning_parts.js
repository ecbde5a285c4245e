// What both renderers of the planner's map share.

// A tile address with its {z}/{x}/{y}, which the URL parser would encode.
export function absolute(address) {
  return location.origin + address;
}

// Sharp screens get tiles of twice the pixels.
export function baseTiles() {
  return absolute(`/tiles/base/{z}/{x}/{y}.png${devicePixelRatio > 1 ? "?scale=2" : ""}`);
}

export function placeWords(centre, zoom) {
  return [centre.lng.toFixed(5), centre.lat.toFixed(5), zoom.toFixed(2)].join(",");
}

export function loadStyle(address) {
  return new Promise((resolve, reject) => {
    const link = document.createElement("link");
    link.rel = "stylesheet";
    link.href = address;
    link.onload = resolve;
    link.onerror = reject;
    // Before our own, so that ours has the last word.
    document.head.prepend(link);
  });
}

export function crossIn(canvas) {
  const cross = document.createElement("div");
  cross.className = "cross";
  canvas.append(cross);
}

// The place that was pointed at, as GeoJSON; null when something else is selected.
export function pickedOf(selected) {
  if (!selected || selected.kind !== "point") return null;
  const coordinates = selected.bounds.slice(0, 2);
  return { type: "Feature", properties: {}, geometry: { type: "Point", coordinates } };
}
