// Tells how many characters are left. The server decides; this only helps.
export default function characterCounter(element) {
  const text = element.querySelector("textarea");
  const count = element.querySelector('[data-part="count"]');
  const maximum = Number(element.dataset.maximum);
  const tell = () => {
    const left = maximum - text.value.trim().length;
    const words = left < 0 ? element.dataset.over : element.dataset.left;
    count.textContent = words.replace("{count}", Math.abs(left));
    count.classList.toggle("too-many", left < 0);
  };
  count.hidden = false;
  let waiting = 0;
  text.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(tell, 300);
  });
  tell();
}
