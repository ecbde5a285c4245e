// Shows one geometry; the same place is written below the map in words.
import { geometryLayer, makeMap, showAll } from "./intervention_map.js";

export default function showGeometry(element) {
  const map = makeMap(element);
  const layer = geometryLayer(JSON.parse(element.dataset.geometry)).addTo(map);
  showAll(map, layer);
}
