// Compares two figures or layers on two maps that move together: under a line that can be moved by
// hand, finger or keyboard, or side by side.
const STEP = 2;
const LARGE_STEP = 10;

export function comparing(root, { draw, left, moved, split }) {
  const panes = root.querySelector("#panes");
  const handle = root.querySelector("#swipe");
  const line = root.querySelector("#swipe-line");
  const words = JSON.parse(root.dataset.words);
  let right = null;
  let canvas = null;
  let place = Number(handle.getAttribute("aria-valuenow"));

  async function update(given) {
    const compare = given.compare;
    root.dataset.compare = compare ? compare.mode : "";
    handle.hidden = line.hidden = !compare || compare.mode !== "swipe";
    if (!compare) return stop();
    const shown = { ...given, ...compare.right, compare: null };
    put(compare.split);
    if (right) return right.update(shown);
    canvas = document.createElement("div");
    canvas.className = "canvas right";
    panes.append(canvas);
    clip();
    right = await draw(canvas, { ...shown, centre: centreOf(left.position()) }, words.map_right);
    together(left, right);
    left.resize();
    await right.ready;
    canvas.dataset.ready = "true";
    return undefined;
  }

  function stop() {
    if (!right) return;
    right.remove();
    canvas.remove();
    right = canvas = null;
    left.resize();
  }

  function put(percent) {
    place = Math.min(100, Math.max(0, Math.round(percent)));
    handle.setAttribute("aria-valuenow", place);
    handle.setAttribute("aria-valuetext", words.split.replace("{percent}", place));
    handle.style.left = line.style.left = `${place}%`;
    clip();
  }

  function clip() {
    if (!canvas) return;
    canvas.style.clipPath = handle.hidden ? "" : `inset(0 0 0 ${place}%)`;
  }

  handle.addEventListener("keydown", (event) => {
    const to = placeAfter(event.key, place);
    if (to === null) return;
    event.preventDefault();
    put(to);
    split(place);
  });
  handle.addEventListener("pointerdown", (event) => {
    handle.setPointerCapture(event.pointerId);
    const follow = (moving) => put(percentAt(panes, moving.clientX));
    handle.addEventListener("pointermove", follow);
    handle.addEventListener(
      "lostpointercapture",
      () => {
        handle.removeEventListener("pointermove", follow);
        split(place);
      },
      { once: true },
    );
  });

  return { update, moved };
}

// What the keys of a slider do, everywhere the same.
function placeAfter(key, place) {
  const steps = { ArrowLeft: -STEP, ArrowDown: -STEP, ArrowRight: STEP, ArrowUp: STEP, PageDown: -LARGE_STEP, PageUp: LARGE_STEP };
  if (key === "Home") return 0;
  if (key === "End") return 100;
  return key in steps ? place + steps[key] : null;
}

function percentAt(element, x) {
  const { left, width } = element.getBoundingClientRect();
  return ((x - left) / width) * 100;
}

function centreOf(position) {
  return position.split(",").map(Number);
}

// Each follows the other, and does not answer back.
function together(one, other) {
  let busy = false;
  const follow = (leader, follower) =>
    leader.onMove(() => {
      if (busy) return;
      busy = true;
      follower.jump(leader.camera());
      busy = false;
    });
  follow(one, other);
  follow(other, one);
}
