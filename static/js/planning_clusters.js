// Wishes from afar: one round mark for many, with how many they are. A click comes closer.
const RATIO = 2;
const CLOSER = 2;
const NUMBER = /^cluster-(\d+)$/;

const isCluster = [">", ["coalesce", ["get", "count"], 1], 1];

// The points that stand for one wish, and those that stand for many.
export const single = ["all", ["==", ["geometry-type"], "Point"], ["!", isCluster]];
const many = ["all", ["==", ["geometry-type"], "Point"], isCluster];

export function addClusters(map) {
  map.setMissingStyleImageResolver((id) => {
    const found = NUMBER.exec(id);
    if (found && !map.hasImage(id)) map.addImage(id, mark(Number(found[1])), { pixelRatio: RATIO });
  });
  map.addLayer({
    id: "wishes-cluster",
    type: "symbol",
    source: "wishes",
    "source-layer": "wishes",
    filter: many,
    layout: {
      "icon-image": ["concat", "cluster-", ["to-string", ["get", "count"]]],
      "icon-allow-overlap": true,
      "symbol-sort-key": ["get", "count"],
    },
  });
}

// Whether there is a cluster here; then the map comes closer.
export function openCluster(map, box) {
  if (!map.getLayer("wishes-cluster")) return false;
  const [found] = map.queryRenderedFeatures(box, { layers: ["wishes-cluster"] });
  if (!found) return false;
  map.jumpTo({ center: found.geometry.coordinates, zoom: map.getZoom() + CLOSER });
  return true;
}

// Drawn here: text in a style would need fonts from a server.
function mark(count) {
  const words = new Intl.NumberFormat(document.documentElement.lang).format(count);
  const radius = 13 + 3 * Math.log10(count) + Math.max(0, words.length - 3) * 2;
  const side = Math.ceil(2 * radius + 4) * RATIO;
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = side;
  const pen = canvas.getContext("2d");
  pen.beginPath();
  pen.arc(side / 2, side / 2, radius * RATIO, 0, 7);
  pen.fillStyle = "#1c2420";
  pen.fill();
  pen.lineWidth = 2 * RATIO;
  pen.strokeStyle = "#ffffff";
  pen.stroke();
  pen.fillStyle = "#ffffff";
  pen.font = `700 ${12 * RATIO}px system-ui, sans-serif`;
  pen.textAlign = "center";
  pen.textBaseline = "middle";
  pen.fillText(words, side / 2, side / 2 + RATIO / 2);
  return pen.getImageData(0, 0, side, side);
}
