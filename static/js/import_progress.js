// Moves the bar of an import; when the import ends the page is fetched anew, with its words.
const EVERY = 2000;

export default function importProgress(item) {
  const bar = item.querySelector("progress");
  const timer = setInterval(async () => {
    const answer = await fetch(item.dataset.address, { headers: { Accept: "application/json" } });
    if (!answer.ok) return clearInterval(timer);
    const { state, done } = await answer.json();
    bar.value = done;
    if (state === "done" || state === "failed") {
      clearInterval(timer);
      location.reload();
    }
  }, EVERY);
}
