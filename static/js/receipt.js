import { forgetTyped } from "./keep_typed.js";

// Copy the link, print the page: buttons that only make sense with a script.
export default function receipt(element) {
  const part = (name) => element.querySelector(`[data-part="${name}"]`);
  forgetTyped();
  part("print").hidden = false;
  part("print").addEventListener("click", () => window.print());
  if (!navigator.clipboard) return;
  part("copy").hidden = false;
  part("copy").addEventListener("click", () => {
    navigator.clipboard.writeText(element.dataset.address).then(
      () => { part("says").textContent = element.dataset.copied; },
      () => { part("says").textContent = element.dataset.address; },
    );
  });
}
