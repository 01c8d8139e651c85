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
  for (const group of document.querySelectorAll("svg .swarm > title")) group.remove();
  for (const group of document.querySelectorAll("svg .tip")) {
    const title = group.querySelector("title");
    if (title) { group.dataset.tip = title.textContent; title.remove(); }
  }
  hint.setAttribute("role", "status");
  const show = (text, x, y) => {
    hint.hidden = !text;
    if (!text) return;
    hint.textContent = text;
    const box = hint.getBoundingClientRect();
    hint.style.left = Math.max(8, Math.min(x + 14, innerWidth - box.width - 8)) + "px";
    hint.style.top = Math.max(8, y - box.height - 10) + "px";
  };
  const digits = (value) => {
    const size = Math.abs(value);
    if (size >= 1000) return Math.round(value).toLocaleString("en");
    return size === 0 ? "0" : size < 1e-4 ? value.toExponential(2) : String(Number(value.toPrecision(4)));
  };

  // From a place on the canvas back to a value; a scale is `low high from to`, and `log` if it is that.
  const value = (scale, place) => {
    const [low, high, from, to] = scale.split(" ").map(Number);
    const at = (part) => (scale.endsWith("log") ? low * (high / low) ** part : low + part * (high - low));
    const part = (place - from) / (to - from), own = at(part);
    // Places have two digits: a whole number that near is meant.
    const near = Math.abs(at(part + 0.02 / (to - from)) - own);
    return Math.abs(own - Math.round(own)) <= near ? Math.round(own) : own;
  };
  const inside = (scale, place) => {
    const [, , from, to] = scale.split(" ").map(Number);
    return place >= Math.min(from, to) - 4 && place <= Math.max(from, to) + 4;
  };
  const vertices = (path) => {
    const all = (path.getAttribute("d").match(/-?[\d.]+/g) || []).map(Number);
    return all.filter((_, place) => place % 2 === 0).map((x, place) => [x, all[2 * place + 1]]);
  };
  const nearest = (points, x, y, flat) => {
    let best = 0, least = Infinity;
    points.forEach((point, place) => {
      const distance = Math.abs(point[0] - x) + (flat ? 1e-3 : 1) * Math.abs(point[1] - y);
      if (distance < least) { least = distance; best = place; }
    });
    return [best, least];
  };
  // A chart whose curves are read out: where the pointer is, or where the arrow keys have led.
  const readers = new Map();
  for (const group of document.querySelectorAll("svg .read")) {
    const chart = group.closest("svg"), { x: across, y: up, across: wide, up: high } = group.dataset;
    const lines = [...group.querySelectorAll("path[data-name]")].reverse().map((path) => ({ data: path.dataset, points: vertices(path) }));
    if (!lines.length) continue;
    let marks = [];
    const clear = () => { marks.forEach((mark) => mark.remove()); marks = []; };
    const mark = (point) => {
      const circle = document.createElementNS("http://www.w3.org/2000/svg", "circle");
      circle.setAttribute("class", "mark");
      circle.setAttribute("r", 4);
      circle.setAttribute("cx", point[0]);
      circle.setAttribute("cy", point[1]);
      chart.append(circle);
      marks.push(circle);
    };
    const read = (x, y) => {
      clear();
      if (!inside(wide, x) || !inside(high, y)) return "";
      const along = lines.some((line) => line.data.along);
      let found = lines.map((line) => [line, ...nearest(line.points, x, y, !along)]);
      // Of rates the nearest curve; of curves over one axis all.
      if (along) found = [found.reduce((a, b) => (b[2] < a[2] ? b : a))];
      found.forEach(([line, place]) => mark(line.points[place]));
      const at = found[0][0].points[found[0][1]];
      const rows = found.map(([line, place]) => (line.data.name || up) + " " + digits(value(high, line.points[place][1])));
      if (!along) return [across + " " + digits(value(wide, at[0])), ...rows].join("\n");
      const [line, place] = found[0];
      return [line.data.name, across + " " + digits(value(wide, at[0])), up + " " + digits(value(high, at[1])),
        line.data.along + " " + line.data.values.split(" ")[place]].join("\n");
    };
    const onScreen = (x, y) => new DOMPoint(x, y).matrixTransform(chart.getScreenCTM());
    let step = 0;
    chart.tabIndex = 0;
    chart.addEventListener("keydown", (event) => {
      const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (!by) return;
      event.preventDefault();
      const points = lines[0].points;
      step = Math.max(0, Math.min(points.length - 1, step + by * Math.max(1, Math.round(points.length / 60))));
      const text = read(...points[step]), place = onScreen(...points[step]);
      show(text, place.x, place.y);
    });
    chart.addEventListener("blur", () => { clear(); show(""); });
    readers.set(chart, { read, clear });
  }
  let last = null;
  const point = (event) => {
    const target = event.target.closest ? event.target : null;
    const tip = target && target.closest("svg .tip");
    const chart = target && target.closest("svg.chart"), reader = readers.get(chart);
    if (last && last !== reader) last.clear();
    last = reader || null;
    if (tip) return show(tip.dataset.tip, event.clientX, event.clientY);
    const swarm = target && target.closest("svg .swarm");
    const place = chart && new DOMPoint(event.clientX, event.clientY).matrixTransform(chart.getScreenCTM().inverse());
    if (swarm && target !== swarm) {
      const colour = target.getAttribute("class").split(" ")[1], meaning = swarm.dataset[colour];
      const moved = digits(value(swarm.dataset.across, place.x));
      return show(swarm.dataset.name + (meaning ? ": " + meaning : "") + "\n" + swarm.dataset.x + " " + moved, event.clientX, event.clientY);
    }
    show(reader ? reader.read(place.x, place.y) : "", event.clientX, event.clientY);
  };
  document.addEventListener("pointermove", point);
  document.addEventListener("pointerdown", point);

  // The threshold of two classes: counts at every hundredth.
  for (const panel of document.querySelectorAll(".thresholds")) {
    const { totals: [own, other], called, used } = JSON.parse(panel.dataset.counts);
    const slide = panel.querySelector(".slide"), input = slide.querySelector("input");
    const set = (of, text) => { slide.querySelector(`[data-of=${of}]`).textContent = text; };
    const share = (part, of) => (of ? (part / of).toFixed(3) : "–");
    const move = () => {
      const [hits, alarms] = called[input.value];
      const counts = { hits, misses: own - hits, alarms, rest: other - alarms, called: hits + alarms };
      for (const [of, count] of Object.entries(counts)) set(of, count.toLocaleString("en"));
      set("threshold", (input.value / 100).toFixed(2));
      set("precision", share(hits, hits + alarms));
      set("recall", share(hits, own));
      set("f1", share(2 * hits, hits + alarms + own));
      set("accuracy", share(hits + other - alarms, own + other));
    };
    input.value = used;
    input.addEventListener("input", move);
    slide.hidden = false;
    move();
  }

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

  // Tables as files: the numbers they are sorted by, not the rounded ones.
  const quoted = (text) => (/[",\n]/.test(text) ? '"' + text.replaceAll('"', '""') + '"' : text);
  for (const table of document.querySelectorAll("table.sortable")) {
    const button = document.createElement("button");
    button.className = "csv";
    button.textContent = "Download as CSV";
    button.addEventListener("click", () => {
      // What sorts below all numbers is none.
      const plain = ({ dataset: { sort }, textContent }) => quoted(sort === "-1e300" ? "" : (sort === undefined ? textContent : sort).trim());
      const text = [...table.rows].map((row) => [...row.cells].map(plain).join(",") + "\n").join("");
      const link = document.createElement("a");
      link.download = "table.csv";
      link.href = "data:text/csv;charset=utf-8," + encodeURIComponent(text);
      link.click();
    });
    table.after(button);
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
