// Length and area of what is being drawn, in metres, for a first impression; the server measures in RD.
const EARTH = 6371008.8;
const radians = (degrees) => (degrees * Math.PI) / 180;

function flat(points) {
  const middle = radians(points[0][1]);
  return points.map(([lng, lat]) => [
    EARTH * radians(lng) * Math.cos(middle),
    EARTH * radians(lat),
  ]);
}

export function lengthOf(points) {
  if (points.length < 2) return 0;
  const metres = flat(points);
  return metres
    .slice(1)
    .reduce((sum, [x, y], n) => sum + Math.hypot(x - metres[n][0], y - metres[n][1]), 0);
}

export function areaOf(points) {
  if (points.length < 3) return 0;
  const metres = flat(points);
  const twice = metres.reduce((sum, [x, y], n) => {
    const [nextX, nextY] = metres[(n + 1) % metres.length];
    return sum + x * nextY - nextX * y;
  }, 0);
  return Math.abs(twice) / 2;
}

// Whether the outline (closed for an area) meets itself: the server would refuse it.
export function crossesItself(points, closed) {
  const ends = closed ? [...points, points[0]] : points;
  const sides = ends.slice(1).map((end, n) => [ends[n], end]);
  return sides.some((one, n) =>
    sides.slice(n + 2).some((other, m) => {
      const neighbours = closed && n === 0 && n + 2 + m === sides.length - 1;
      return !neighbours && meet(one, other);
    }),
  );
}

function side([a, b], c) {
  return Math.sign((b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]));
}

function meet(one, other) {
  return (
    side(one, other[0]) !== side(one, other[1]) && side(other, one[0]) !== side(other, one[1])
  );
}
