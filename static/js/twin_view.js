// The 3-D view: moves and times are looks of their own, each with an address. The server computes
// sun, shade and table; here they are drawn, and the parts of the page that belong to them replaced.
import { drawTwin } from "./twin_scene.js";

const WAIT = 120;
// Of the half side of the computed square: beyond it the next square is asked for.
const MOVED_DEGREES = [0.0022, 0.0014];

export default async function twinView(root) {
  const form = root.querySelector("#twin-form");
  const state = { query: settings().query, busy: 0 };
  const slider = startSlider(root, (done) => (done ? submit() : showShade()));
  const drawing = await start(root);
  let computed = settings().centre;

  function fields() {
    const given = Object.fromEntries([...new FormData(form)].filter(([, value]) => value));
    const at = drawing ? drawing.position() : given.at;
    return { ...state.query, ...given, at };
  }

  async function showShade() {
    if (!drawing) return;
    const mine = ++state.busy;
    const { place, ...query } = fields();
    const response = await fetch(`${root.dataset.shade}?${new URLSearchParams({ ...query, at: heldAt(query.at) })}`);
    if (!response.ok || mine !== state.busy) return;
    const told = await response.json();
    if (mine === state.busy) drawing.light(told);
  }

  // While the time changes, the square stays the same one.
  function heldAt(at) {
    return [...computed, ...at.split(",").slice(2)].join(",");
  }

  function submit() {
    return show(`${form.action}?${new URLSearchParams(fields())}`, true);
  }

  async function show(address, remember) {
    const mine = ++state.busy;
    root.setAttribute("aria-busy", "true");
    try {
      const response = await fetch(address);
      const next = new DOMParser().parseFromString(await response.text(), "text/html");
      if (mine !== state.busy) return;
      if (!next.getElementById("twin-kept")) return location.assign(address);
      if (remember) history.pushState(null, "", response.url);
      replaceParts(root, next);
      slider.read();
      if (response.ok) await redraw(mine, response.url);
    } catch {
      location.assign(address);
    } finally {
      if (mine === state.busy) root.removeAttribute("aria-busy");
    }
  }

  async function redraw(mine, address) {
    const now = settings();
    state.query = now.query;
    computed = now.centre;
    if (!drawing) return;
    const asked = new URLSearchParams(now.query);
    const [scene, shade] = await Promise.all([load(`${root.dataset.scene}?${asked}`), load(`${root.dataset.shade}?${asked}`)]);
    if (mine !== state.busy) return;
    drawing.fill(scene);
    drawing.light(shade);
    const asks = new URL(address).searchParams.get("at");
    if (asks && asks !== drawing.position()) drawing.look(now);
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    submit();
  });
  form.addEventListener("change", (event) => {
    if (event.target.id === "twin-place" || event.target.id === "twin-minutes") return;
    if (event.target.id === "twin-time") slider.read();
    if (event.target.id === "twin-plan" && event.target.value) root.querySelector("#twin-show-1").checked = true;
    submit();
  });
  root.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-go]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    event.preventDefault();
    const address = new URL(link.href);
    if (drawing) address.searchParams.set("at", drawing.position());
    show(address.href, true).then(() => (root.querySelector("#twin-date").value = settings().query.date));
  });
  addEventListener("popstate", () => location.reload());
  if (drawing) {
    drawing.moved((centre) => {
      rewrite(drawing.position());
      const far = centre.some((each, axis) => Math.abs(each - computed[axis]) > MOVED_DEGREES[axis]);
      if (far) show(location.href, false);
    });
  }
}

async function start(root) {
  const canvas = root.querySelector("#twin-canvas");
  const now = settings();
  const asked = new URLSearchParams(now.query);
  let drawing = null;
  try {
    if (!hasWebgl()) throw new Error("no WebGL");
    canvas.hidden = false;
    const scene = load(`${root.dataset.scene}?${asked}`);
    const shade = load(`${root.dataset.shade}?${asked}`);
    drawing = await drawTwin(root, canvas, now);
    drawing.fill(await scene);
    drawing.light(await shade);
    await drawing.ready();
  } catch {
    canvas.hidden = true;
    root.querySelector("#twin-simple").hidden = false;
    root.dataset.engine = "drawing";
    return null;
  }
  root.dataset.engine = "maplibre";
  root.querySelector("#twin-turn").hidden = false;
  root.querySelector("#twin-above").open = false;
  return drawing;
}

function hasWebgl() {
  const probe = document.createElement("canvas").getContext("webgl2");
  if (!probe) return false;
  const lose = probe.getExtension("WEBGL_lose_context");
  if (lose) lose.loseContext();
  return true;
}

async function load(address) {
  const response = await fetch(address);
  if (!response.ok) throw new Error(`${response.status} ${address}`);
  return response.json();
}

function settings() {
  return JSON.parse(document.getElementById("twin-kept").dataset.settings);
}

function rewrite(at) {
  const address = new URL(location.href);
  address.searchParams.set("at", at);
  history.replaceState(null, "", address);
  const field = document.querySelector("#twin-kept input[name=at]");
  if (field) field.value = at;
}

// The slider is the time field in another shape: the field is what counts.
function startSlider(root, changed) {
  const field = root.querySelector("#twin-time");
  const range = root.querySelector("#twin-minutes");
  const box = root.querySelector("#twin-slider");
  box.hidden = false;
  let timer = 0;
  const write = (minutes) => {
    const bounded = Math.min(Math.max(minutes, 0), 1425);
    field.value = [Math.floor(bounded / 60), bounded % 60].map((part) => String(part).padStart(2, "0")).join(":");
    range.value = bounded;
    range.setAttribute("aria-valuetext", field.value);
  };
  const read = () => {
    const [hours, minutes] = (field.value || "00:00").split(":").map(Number);
    range.value = hours * 60 + minutes;
    range.setAttribute("aria-valuetext", field.value);
  };
  range.addEventListener("input", () => {
    write(Number(range.value));
    clearTimeout(timer);
    timer = setTimeout(() => changed(false), WAIT);
  });
  range.addEventListener("change", () => {
    clearTimeout(timer);
    changed(true);
  });
  for (const button of box.querySelectorAll("[data-step]")) {
    button.addEventListener("click", () => {
      write(Number(range.value) + Number(button.dataset.step));
      changed(true);
    });
  }
  read();
  return { read };
}

function replaceParts(root, next) {
  const focus = document.activeElement && document.activeElement.closest("[data-live]") ? document.activeElement : null;
  const way = focus && (focus.id ? `#${CSS.escape(focus.id)}` : focus.hasAttribute("href") ? `a[href="${CSS.escape(focus.getAttribute("href"))}"]` : null);
  for (const part of root.querySelectorAll("[data-live]")) {
    const other = next.getElementById(part.id);
    if (!other) continue;
    if (part.id === "twin-sun") part.replaceChildren(...[...other.childNodes].map((node) => document.importNode(node, true)));
    else part.replaceWith(document.importNode(other, true));
  }
  const place = root.querySelector("#twin-place");
  const typed = next.getElementById("twin-place");
  if (place && typed) place.value = typed.value;
  const problem = root.querySelector("#twin-problems .error-summary");
  const target = problem || (way && root.querySelector(way));
  if (target) target.focus({ preventScroll: !problem });
}
