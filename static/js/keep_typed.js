// What was typed stays in this tab until the server has it: through another language, a lost
// connection, a page that was open too long. `data-key` names the form; the receipt clears all.
const PREFIX = "typed:";
const FIELDS = "textarea, input[type=email]";

export default function keepTyped(screen) {
  for (const field of screen.dataset.key ? screen.querySelectorAll(FIELDS) : []) keep(field, screen.dataset.key);
  const notice = screen.querySelector('[data-part="offline"]');
  screen.addEventListener("submit", (event) => {
    notice.hidden = navigator.onLine;
    if (navigator.onLine) return;
    event.preventDefault();
    notice.focus();
  });
}

export function forgetTyped() {
  for (const name of Object.keys(sessionStorage)) {
    if (name.startsWith(PREFIX)) sessionStorage.removeItem(name);
  }
}

// `base` is what the server had when typing began: once it has something else, that is newer.
function keep(field, key) {
  const name = `${PREFIX}${key}:${field.name}`;
  const base = field.defaultValue;
  const kept = JSON.parse(sessionStorage.getItem(name) || "null");
  if (kept && kept.base === base) field.value = kept.typed;
  else if (kept && kept.typed !== base) sessionStorage.removeItem(name);
  field.addEventListener("input", () => {
    const known = JSON.parse(sessionStorage.getItem(name) || "null");
    const since = known && known.typed === base ? known.base : base;
    sessionStorage.setItem(name, JSON.stringify({ base: since, typed: field.value }));
  });
}
