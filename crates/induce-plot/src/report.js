(() => {
  "use strict";
  // Tool-tips at once instead of after a second: the titles inside the charts are taken over.
  const hint = document.createElement("div");
  hint.className = "hint";
  hint.hidden = true;
  document.body.append(hint);
  for (const chart of document.querySelectorAll("svg.chart")) {
    const title = chart.querySelector(":scope > title");
    if (title) { chart.setAttribute("aria-label", title.textContent); title.remove(); }
  }
  for (const group of document.querySelectorAll("svg .tip")) {
    const title = group.querySelector("title");
    if (title) { group.dataset.tip = title.textContent; title.remove(); }
  }
  document.addEventListener("pointermove", (event) => {
    const group = event.target.closest ? event.target.closest("svg .tip") : null;
    hint.hidden = !group;
    if (!group) return;
    hint.textContent = group.dataset.tip;
    const box = hint.getBoundingClientRect();
    hint.style.left = Math.max(8, Math.min(event.clientX + 14, innerWidth - box.width - 8)) + "px";
    hint.style.top = Math.max(8, event.clientY - box.height - 10) + "px";
  });

  const key = (row, column) => {
    const cell = row.cells[column];
    return cell.dataset.sort === undefined ? cell.textContent.trim().toLowerCase() : Number(cell.dataset.sort);
  };
  for (const head of document.querySelectorAll("table.sortable thead th")) {
    head.classList.add("sort");
    head.tabIndex = 0;
    const sort = () => {
      const body = head.closest("table").tBodies[0];
      const down = head.getAttribute("aria-sort") !== "descending";
      for (const other of head.parentNode.cells) other.removeAttribute("aria-sort");
      head.setAttribute("aria-sort", down ? "descending" : "ascending");
      const rows = [...body.rows].map((row) => [key(row, head.cellIndex), row]);
      rows.sort((a, b) => (a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : 0) * (down ? -1 : 1));
      body.append(...rows.map((pair) => pair[1]));
    };
    head.addEventListener("click", sort);
    head.addEventListener("keydown", (event) => { if (event.key === "Enter") sort(); });
  }

  for (const box of document.querySelectorAll(".command")) {
    if (!navigator.clipboard) break;
    const button = document.createElement("button");
    button.className = "copy";
    button.textContent = "Copy";
    button.addEventListener("click", () =>
      navigator.clipboard.writeText(box.querySelector("code").textContent).then(() => {
        button.textContent = "Copied";
        setTimeout(() => { button.textContent = "Copy"; }, 1500);
      }));
    box.append(button);
  }

  const links = [...document.querySelectorAll("nav a")];
  const parts = links.map((link) => document.querySelector(link.getAttribute("href")));
  const mark = () => {
    let here = 0;
    parts.forEach((part, index) => { if (part && part.getBoundingClientRect().top < innerHeight * 0.3) here = index; });
    links.forEach((link, index) => link.classList.toggle("here", index === here));
  };
  addEventListener("scroll", mark, { passive: true });
  mark();
})();
