// Sorts a table that is here as a whole; of a table with more pages the server does it.
// Cells say what they sort by in data-value, else their words count. What is empty comes last.
export default function sortableTable(table) {
  if (table.dataset.complete !== "true") return;
  table.tHead.addEventListener("click", (event) => {
    const button = event.target.closest("button[name=sort]");
    if (!button) return;
    event.preventDefault();
    const order = button.value;
    sort(table, button.closest("th"), order.startsWith("-"));
    table.dispatchEvent(new CustomEvent("sorted", { bubbles: true, detail: order }));
  });
}

function sort(table, head, backwards) {
  const column = head.cellIndex;
  const compare = new Intl.Collator(document.documentElement.lang, { numeric: true }).compare;
  const isNumber = head.classList.contains("number");
  const rows = [...table.tBodies[0].rows].map((row) => ({ row, value: valueOf(row.cells[column]) }));
  rows.sort((one, other) => {
    if (one.value === "" || other.value === "") return (one.value === "") - (other.value === "");
    const difference = isNumber ? one.value - other.value : compare(one.value, other.value);
    return backwards ? -difference : difference;
  });
  table.tBodies[0].append(...rows.map(({ row }) => row));
  tell(table, head, backwards);
}

function valueOf(cell) {
  return cell.dataset.value === undefined ? cell.textContent.trim() : cell.dataset.value;
}

function tell(table, sorted, backwards) {
  for (const head of table.tHead.querySelectorAll("th[data-column]")) {
    const here = head === sorted;
    head.setAttribute("aria-sort", here ? (backwards ? "descending" : "ascending") : "none");
    head.querySelector("button").value = (here && !backwards ? "-" : "") + head.dataset.column;
  }
}
