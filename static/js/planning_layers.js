// The list of map layers: what can be done in the page at once, before the server is asked.

export function layerList(root, { setOpacity, rewrite, submit }) {
  root.addEventListener("input", (event) => {
    const input = event.target;
    if (input.dataset.opacity) showOpacity(input);
    else if (input.dataset.time) showEdition(input);
    else if (input.id === "find") filter(root, input.value);
  });
  root.addEventListener("change", (event) => {
    const input = event.target;
    if (input.dataset.time) submit(input.form);
    if (input.id === "find") rewrite("find", input.value.trim());
  });

  // The number beside it is what is sent.
  function showOpacity(range) {
    document.getElementById(range.dataset.opacity).value = range.value;
    setOpacity(range.closest("[data-layer]").dataset.layer, range.value / 100);
  }
}

function showEdition(range) {
  const select = document.getElementById(range.dataset.time);
  select.selectedIndex = Number(range.value);
  range.setAttribute("aria-valuetext", select.options[select.selectedIndex].text);
}

function filter(root, typed) {
  const words = typed.toLocaleLowerCase().split(/\s+/).filter(Boolean);
  let found = 0;
  for (const group of root.querySelectorAll("[data-group]")) {
    const heading = group.querySelector("summary").textContent;
    let here = 0;
    for (const choice of group.querySelectorAll("[data-choice]")) {
      const text = `${heading} ${choice.textContent}`.toLocaleLowerCase();
      choice.hidden = !words.every((word) => text.includes(word));
      here += choice.hidden ? 0 : 1;
    }
    group.hidden = !here;
    if (words.length) group.open = true;
    group.querySelector(".count").textContent = here;
    found += here;
  }
  document.getElementById("no-layer-found").hidden = found > 0;
}
