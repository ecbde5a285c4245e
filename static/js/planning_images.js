// Pictures that the planner's map needs beside its tiles: symbols and patterns.

const PATTERN_SIZE = 16;

// A white pictogram on a round (wish) or square (intervention) ground, at twice the size.
export async function picture(item) {
  const source = await (await fetch(item.address)).text();
  const white = source.replaceAll("currentColor", "#ffffff");
  const image = new Image(24, 24);
  image.src = URL.createObjectURL(new Blob([white], { type: "image/svg+xml" }));
  await image.decode();
  const pen = penOn(52);
  pen.beginPath();
  if (item.group === "theme") pen.arc(26, 26, 23, 0, 7);
  else pen.roundRect(4, 4, 44, 44, 8);
  pen.fillStyle = item.colour;
  pen.fill();
  pen.lineWidth = 4;
  pen.strokeStyle = "#ffffff";
  pen.stroke();
  pen.drawImage(image, 12, 12, 28, 28);
  URL.revokeObjectURL(image.src);
  return pen.getImageData(0, 0, 52, 52);
}

// The same patterns as in the legend, with nothing between the marks.
export function patterns() {
  return { dots: drawn(dots), lines: drawn(lines), cross: drawn(cross) };
}

function drawn(draw) {
  const pen = penOn(PATTERN_SIZE);
  pen.strokeStyle = pen.fillStyle = "#1c2420";
  pen.lineWidth = 2;
  draw(pen);
  return pen.getImageData(0, 0, PATTERN_SIZE, PATTERN_SIZE);
}

function dots(pen) {
  pen.beginPath();
  pen.arc(PATTERN_SIZE / 2, PATTERN_SIZE / 2, 2.5, 0, 7);
  pen.fill();
}

function lines(pen) {
  pen.fillRect(0, 3, PATTERN_SIZE, 2);
  pen.fillRect(0, 11, PATTERN_SIZE, 2);
}

function cross(pen) {
  pen.fillRect(0, 7, PATTERN_SIZE, 2);
  pen.fillRect(7, 0, 2, PATTERN_SIZE);
}

function penOn(size) {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = size;
  return canvas.getContext("2d");
}
