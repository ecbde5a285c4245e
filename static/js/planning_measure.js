// Measures on the map: each click or Enter adds a corner; the server computes, in RD.

export function measuring(root, { go, settings }) {
  let is = false;

  root.addEventListener("click", (event) => {
    if (event.target.closest("#measure-on-map")) set(!is);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && is) set(false);
  });

  function set(to) {
    is = to;
    show();
    document.getElementById("announcement").textContent = is ? document.getElementById("measure-keys").textContent : "";
  }

  function show() {
    const button = document.getElementById("measure-on-map");
    button.setAttribute("aria-pressed", String(is));
    root.classList.toggle("measuring", is);
  }

  function add({ lng, lat }) {
    const drawn = settings().measured;
    const kind = document.querySelector("[name=shape]:checked").value;
    const before = drawn ? drawn.positions : [];
    const positions = [...before, [lng, lat]].map((each) => each.map((number) => number.toFixed(7)).join(","));
    const address = new URL(location.href);
    address.searchParams.set("measure", `${kind}:${positions.join(";")}`);
    return go(address.href);
  }

  return { get is() { return is; }, add, show };
}
