// The server makes the page; here its live parts are replaced, so that map, table, legend and panel
// always come from one answer. The address holds the whole state and works without this script.
import sortableTable from "./sortable_table.js";

export function livePage(root, { position, changed }) {
  let turn = 0;

  async function show(address, remember) {
    const mine = ++turn;
    root.setAttribute("aria-busy", "true");
    try {
      const response = await fetch(address);
      const page = new DOMParser().parseFromString(await response.text(), "text/html");
      if (mine !== turn) return;
      if (!page.getElementById("map-settings")) return location.assign(address);
      // A form's fields came back as the one address that says the same.
      if (remember) history.pushState(null, "", response.url);
      replaceLiveParts(page);
      changed(settings());
    } catch {
      location.assign(address);
    } finally {
      if (mine === turn) root.removeAttribute("aria-busy");
    }
  }

  function go(address) {
    const target = new URL(address, location.href);
    const here = new URL(location.href).searchParams;
    for (const [name, value] of [...target.searchParams]) {
      if (!value) target.searchParams.delete(name);
    }
    const sameTable = target.searchParams.get("table") === here.get("table");
    if (sameTable && here.get("sort") && !target.searchParams.get("sort")) {
      target.searchParams.set("sort", here.get("sort"));
    }
    target.searchParams.set("at", position());
    return show(target.href, true);
  }

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.id !== "sorting" && !("goForm" in form.dataset)) return;
    event.preventDefault();
    go(addressOf(event.target, event.submitter));
  });
  document.addEventListener("change", (event) => {
    const form = event.target.form;
    const isFilter = form && form.id === "filters" && event.target.id !== "find" && !event.target.dataset.time;
    if (isFilter) go(addressOf(form));
  });
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-go]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    event.preventDefault();
    // A link within a drawing has no plain address.
    go(new URL(link.getAttribute("href"), location.href).href);
  });
  root.addEventListener("sorted", (event) => {
    rewrite("sort", event.detail);
    sortBars();
  });
  addEventListener("popstate", () => show(location.href, false));

  return { go, rewrite, submit: (form) => go(addressOf(form)) };
}

export function settings() {
  return JSON.parse(document.getElementById("map-settings").dataset.settings);
}

// Part of the state changed without the server: sorted in place, or the map was moved.
function rewrite(name, value) {
  const address = new URL(location.href);
  address.searchParams.set(name, value);
  history.replaceState(null, "", address);
  for (const input of document.querySelectorAll(`input[type=hidden][name="${name}"]`)) {
    input.value = value;
  }
}

function addressOf(form, submitter) {
  const address = new URL(form.action);
  address.search = "";
  const fields = new FormData(form);
  if (submitter && submitter.name) fields.set(submitter.name, submitter.value);
  for (const [name, value] of fields) if (value) address.searchParams.append(name, value);
  return address.href;
}

// The bars stand in the order of the table.
function sortBars() {
  const list = document.querySelector(".bars");
  if (!list) return;
  const bars = new Map([...list.children].map((bar) => [bar.dataset.bar, bar]));
  const rows = document.querySelectorAll("#drawer tr[data-key]");
  list.append(...[...rows].map((row) => bars.get(row.dataset.key)).filter(Boolean));
}

function replaceLiveParts(page) {
  const focus = wayBack(document.activeElement);
  const open = new Map([...document.querySelectorAll("[data-live] details")].map((each) => [nameOf(each), each.open]));
  const scrolled = document.querySelector("#drawer .scroll");
  const height = scrolled ? scrolled.scrollTop : 0;
  for (const part of document.querySelectorAll("[data-live]")) {
    const next = page.getElementById(part.id);
    if (next) part.replaceWith(document.importNode(next, true));
  }
  for (const details of document.querySelectorAll("[data-live] details")) {
    if (open.has(nameOf(details))) details.open = open.get(nameOf(details));
  }
  for (const table of document.querySelectorAll("[data-live] [data-module=sortable_table]")) {
    sortableTable(table);
    table.dataset.ready = "true";
  }
  const drawer = document.querySelector("#drawer .scroll");
  if (drawer) drawer.scrollTop = height;
  const wrong = document.querySelector("#problems .error-summary");
  const target = wrong || (focus && document.querySelector(focus));
  if (target) target.focus({ preventScroll: target !== wrong });
  announce();
}

function nameOf(details) {
  const layer = details.closest("[data-layer]");
  const words = details.querySelector("summary").firstChild.textContent.trim();
  return `${layer ? layer.dataset.layer.split("@")[0] : ""} ${words}`;
}

// A selector that finds the element with the focus again after its part was replaced.
function wayBack(element) {
  if (!element || !element.closest("[data-live]")) return null;
  // The uppermost layer has no way up any more.
  const [, way, layer] = /^(up|down|before|after)-(.*)$/.exec(element.id) || [];
  const other = { up: "down", down: "up", before: "after", after: "before" }[way];
  if (way) return `#${CSS.escape(element.id)}, #${CSS.escape(`${other}-${layer}`)}`;
  if (element.id) return `#${CSS.escape(element.id)}`;
  const row = element.closest("tr[data-key]");
  if (row) return `tr[data-key="${row.dataset.key}"] a`;
  const head = element.closest("th[data-column]");
  if (head) return `th[data-column="${head.dataset.column}"] button`;
  const tab = element.closest(".tabs a");
  if (tab) return `.tabs li:nth-child(${[...tab.closest("ul").children].indexOf(tab.parentElement) + 1}) a`;
  const selected = document.querySelector("tr.selected");
  return selected ? `tr[data-key="${selected.dataset.key}"] a` : "#filters select";
}

// What changed, for who does not see it.
function announce() {
  const title = document.getElementById("detail-title");
  const headline = document.querySelector("#detail .headline");
  const words = [title, headline, document.getElementById("summary"), document.querySelector(".chart-sentence")];
  document.getElementById("announcement").textContent = words
    .filter(Boolean)
    .map((element) => element.textContent.trim().replace(/\s+/g, " "))
    .join(". ");
}
