// Sorts the table of sentences by the column whose heading is pressed; again, and it turns around.
for (const button of document.querySelectorAll(".sentences th button")) {
  button.addEventListener("click", () => {
    const heading = button.closest("th");
    const body = heading.closest("table").tBodies[0];
    const descending = heading.getAttribute("aria-sort") !== "descending";
    for (const other of heading.parentNode.children) other.removeAttribute("aria-sort");
    heading.setAttribute("aria-sort", descending ? "descending" : "ascending");
    const value = (row) => Number(row.cells[heading.cellIndex].dataset.rank);
    const order = [...body.rows].sort((a, b) => value(a) - value(b));
    body.append(...(descending ? order.reverse() : order));
  });
}
// One recording at a time, so that two are never heard at once.
document.addEventListener("play", (event) => {
  for (const player of document.querySelectorAll("audio")) {
    if (player !== event.target) player.pause();
  }
}, true);
