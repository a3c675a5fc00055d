// Draws every plot of the page, and draws it again where the page changes.

const DRAW = { rows: drawRows, lines: drawLines, stack: drawStack, heat: drawHeat };
const SVG = "http://www.w3.org/2000/svg";

const element = (name, classes, text) => {
  const made = document.createElement(name);
  made.className = classes;
  if (text !== undefined) made.textContent = text;
  return made;
};

// The legend is made of buttons, so that a keyboard reaches them, too.
const legendOf = (entries, hidden, changed) => {
  const list = element("div", "legend");
  list.setAttribute("role", "group");
  list.setAttribute("aria-label", "Legend: shows and hides");
  for (const entry of entries) {
    const isPart = entry.part !== undefined;
    const item = element(isPart ? "span" : "button", "entry");
    const sign = document.createElementNS(SVG, "svg");
    sign.setAttribute("viewBox", "0 0 28 12");
    sign.setAttribute("aria-hidden", "true");
    const add = (name, attributes) => {
      const made = document.createElementNS(SVG, name);
      for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
      sign.append(made);
    };
    if (isPart) {
      add("rect", { x: 6, y: 0, width: 16, height: 12, class: `part-${entry.part}` });
    } else {
      const hueClass = `hue-${entry.hue}`;
      if (entry.stroke !== "none") add("path", { d: "M1 6H27", class: `${hueClass} ${entry.stroke}` });
      const marks = ["M14 2a4 4 0 1 1 0 8a4 4 0 1 1 0-8", "M10 2h8v8h-8z", "M14 1.5l5 9h-10z", "M14 1l5 5l-5 5l-5-5z"];
      if (entry.mark !== null) add("path", { d: marks[entry.mark], class: `${hueClass} mark` });
    }
    item.append(sign, element("span", "", entry.name));
    if (!isPart) {
      item.type = "button";
      item.setAttribute("aria-pressed", String(!hidden.has(entry.name)));
      item.addEventListener("click", () => {
        if (!hidden.delete(entry.name)) hidden.add(entry.name);
        item.setAttribute("aria-pressed", String(!hidden.has(entry.name)));
        changed();
      });
    }
    list.append(item);
  }
  return list;
};

const rampOf = (ramp) => {
  const box = element("div", "ramp");
  box.append(element("span", "", ramp.from));
  for (let at = 0; at < 8; at += 1) box.append(element("span", `step heat-${at}`, ""));
  box.append(element("span", "", `${ramp.to} of a column`));
  return box;
};

const start = (plot) => {
  const box = document.getElementById(plot.id);
  const hidden = new Set();
  let drawn;
  let at = -1;
  const canvas = element("div", "canvas");
  const said = element("output", "said");
  said.setAttribute("aria-live", "polite");
  canvas.tabIndex = 0;
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", `${plot.title}. Arrow keys go through its points; the tables below say the same.`);
  const chart = (() => {
    box.append(canvas, said);
    canvas.style.height = "300px";
    return echarts.init(canvas, null, { renderer: "svg" });
  })();
  const draw = () => {
    const width = canvas.clientWidth;
    if (width === 0) return;
    drawn = DRAW[plot.shape.kind](plot.shape, theme(), width, hidden);
    canvas.style.height = `${drawn.height}px`;
    chart.resize({ width, height: drawn.height });
    chart.setOption({ animation: false, ...drawn.option }, { notMerge: true });
  };
  draw();
  if (!drawn) return { draw };
  if (drawn.legend && (drawn.legend.length > 1 || plot.shape.kind === "lines")) {
    box.prepend(legendOf(drawn.legend, hidden, draw));
  }
  if (drawn.ramp) box.prepend(rampOf(drawn.ramp));
  // points by keyboard: shown as by a pointer, and said
  canvas.addEventListener("keydown", (event) => {
    const steps = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };
    const step = steps[event.key];
    if (event.key === "Escape") chart.dispatchAction({ type: "hideTip" });
    if (!step || drawn.items.length === 0) return;
    event.preventDefault();
    const count = drawn.items.length;
    at = at < 0 ? (step > 0 ? 0 : count - 1) : (at + step + count) % count;
    const item = drawn.items[at];
    chart.dispatchAction({ type: "showTip", seriesIndex: item.series, dataIndex: item.index });
    said.textContent = item.text;
  });
  canvas.addEventListener("blur", () => {
    chart.dispatchAction({ type: "hideTip" });
    said.textContent = "";
    at = -1;
  });
  return { draw };
};

const plots = JSON.parse(document.getElementById("plots").textContent).map(start);
const drawAll = () => plots.forEach((plot) => plot.draw());
let waiting;
window.addEventListener("resize", () => {
  clearTimeout(waiting);
  waiting = setTimeout(drawAll, 100);
});
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", drawAll);
// paper has its own width, and shows what is folded
matchMedia("print").addEventListener("change", drawAll);
window.addEventListener("beforeprint", () => {
  document.querySelectorAll("details").forEach((details) => { details.open = true; });
  drawAll();
});
window.addEventListener("afterprint", drawAll);
document.documentElement.dataset.drawn = "yes";
