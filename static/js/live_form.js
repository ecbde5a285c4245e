// A form that answers as it is changed: its results are replaced, the form and its focus stay.
// Each slider moves the number beside it and the other way round; without script the numbers do.
const WAIT_MS = 250;

export default function liveForm(form) {
  const results = document.getElementById(form.dataset.results);
  const state = form.querySelector("[role=status]");
  let timer = 0;
  let turn = 0;

  for (const slider of form.querySelectorAll("input[type=range][data-for]")) {
    const number = document.getElementById(slider.dataset.for);
    slider.hidden = false;
    slider.addEventListener("input", () => { number.value = slider.value; });
    number.addEventListener("input", () => { slider.value = number.value; });
  }

  async function update() {
    const mine = ++turn;
    const address = new URL(form.action || location.href);
    address.search = new URLSearchParams(new FormData(form)).toString();
    results.setAttribute("aria-busy", "true");
    state.textContent = form.dataset.busy;
    try {
      const response = await fetch(address);
      if (mine !== turn) return;
      if (!response.ok) throw new Error(`${response.status}`);
      const page = new DOMParser().parseFromString(await response.text(), "text/html");
      if (mine !== turn) return;
      results.replaceChildren(...page.getElementById(results.id).childNodes);
      history.replaceState(null, "", address);
      state.textContent = form.dataset.done;
    } catch {
      if (mine === turn) state.textContent = form.dataset.failed;
    } finally {
      if (mine === turn) results.removeAttribute("aria-busy");
    }
  }

  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(update, WAIT_MS);
  });
}
