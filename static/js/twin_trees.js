// Trees as blocks: a stem, and a crown of three layers that is widest in the middle.
const CORNERS = 8;
const STEM_RADIUS = 0.25;
const METRES_PER_DEGREE = 111320;
// Of the crown: where a layer begins and ends, and how wide it is.
const LAYERS = [[0, 0.3, 0.75], [0.3, 0.75, 1], [0.75, 1, 0.6]];
const GREENS = ["#6fa870", "#7bb27a", "#65a068"];
const PLANTED = ["#2f8a44", "#399650", "#2a7d3d"];

// Each tree: longitude, latitude, radius of the crown, its base and its top in metres.
export function crowns(trees, planted) {
  return collection([...trees.flatMap((tree, place) => crown(tree, GREENS, place)), ...planted.flatMap((tree, place) => crown(tree, PLANTED, place))]);
}

export function stems(trees) {
  return collection(trees.filter(hasHeight).map(([lon, lat, , base]) => block(lon, lat, STEM_RADIUS, { top: base + 0.5 })));
}

function hasHeight(tree) {
  return tree[4] > 0;
}

function crown(tree, colours, place) {
  const [lon, lat, radius, base, top] = tree;
  // Without a height it lies flat on the ground.
  if (!hasHeight(tree)) return [block(lon, lat, radius, { base: 0, top: 0.1, colour: "#a9bfa2" })];
  const at = (share) => base + (top - base) * share;
  return LAYERS.map(([from, to, width]) => block(lon, lat, radius * width, { base: at(from), top: at(to), colour: colours[place % colours.length] }));
}

function block(lon, lat, radius, properties) {
  const across = radius / (METRES_PER_DEGREE * Math.cos((lat * Math.PI) / 180));
  const up = radius / METRES_PER_DEGREE;
  const ring = Array.from({ length: CORNERS + 1 }, (_, corner) => {
    const turn = ((corner % CORNERS) * 2 * Math.PI) / CORNERS;
    return [lon + across * Math.cos(turn), lat + up * Math.sin(turn)];
  });
  return { type: "Feature", properties, geometry: { type: "Polygon", coordinates: [ring] } };
}

function collection(features) {
  return { type: "FeatureCollection", features };
}
