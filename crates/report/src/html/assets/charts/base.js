// What all plots share: colours of the style sheet, axes, guides.

const MARKS = ["circle", "rect", "triangle", "diamond"];
const DASHES = { solid: "solid", dashed: [6, 4], dotted: [2, 3], none: "solid" };

// Colours are named once, in the style sheet, for light and dark.
const theme = () => {
  const style = getComputedStyle(document.documentElement);
  const of = (name) => style.getPropertyValue(`--${name}`).trim();
  const list = (name, count) => Array.from({ length: count }, (_, at) => of(`${name}-${at}`));
  return {
    text: of("text"),
    muted: of("muted"),
    line: of("line"),
    band: of("band"),
    page: of("page"),
    hues: list("hue", 7),
    parts: list("part", 4),
    heat: list("heat", 8),
  };
};

const isNarrow = (width) => width < 560;

// A text that is no longer than so many characters.
const cut = (text, most) => (text.length > most ? `${text.slice(0, most - 1)}…` : text);

// A logarithmic axis is drawn over whole powers of its base only: so the plots
// take logarithms themselves, and label the axis as they like.
const scaled = (axis, value) => {
  if (axis.unit === "quantile") return -Math.log10(1 - value);
  return axis.log ? Math.log10(value) : value;
};
const unscaled = (axis, value) => {
  if (axis.unit === "quantile") return 1 - 10 ** -value;
  return axis.log ? 10 ** value : value;
};

// Ticks of a logarithmic axis: 1, 2, 5 of each decade where they are few.
const logTicks = (low, high, most) => {
  const decades = high - low;
  const steps = [[1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8], [1, 1.5, 2, 3, 5, 7], [1, 2, 5], [1, 3], [1]];
  for (const parts of steps) {
    const found = [];
    for (let power = Math.floor(low); power <= Math.ceil(high); power += 1) {
      for (const part of parts) {
        const at = power + Math.log10(part);
        if (at >= low - 1e-9 && at <= high + 1e-9) found.push(at);
      }
    }
    if (found.length >= 2 && found.length <= most) return found;
    // nothing round lies between them
    if (parts.length > 9 && found.length < 2) return [(low + high) / 2];
  }
  const every = Math.max(1, Math.ceil(decades / most));
  const found = [];
  for (let power = Math.ceil(low); power <= high; power += every) found.push(power);
  return found.length ? found : [low, high];
};

const QUANTILE_TICKS = [0.5, 0.9, 0.99, 0.999, 0.9999, 0.99999, 0.999999];

// Bytes are told in powers of two.
const binaryTicks = (low, high, most) => {
  const [from, to] = [Math.ceil(low / Math.log10(2)), Math.floor(high / Math.log10(2))];
  const every = Math.max(1, Math.ceil((to - from + 1) / most));
  const found = [];
  for (let power = from; power <= to; power += every) found.push(power * Math.log10(2));
  return found.length ? found : [low, high];
};

// An axis over these values; `room`: about how many labels fit.
const axisOf = (axis, values, colours, room, vertical) => {
  const all = values.filter(Number.isFinite).map((value) => scaled(axis, value));
  let low = Math.min(...all);
  let high = Math.max(...all);
  const option = {
    type: "value",
    name: axis.name,
    nameLocation: vertical ? "end" : "middle",
    nameGap: vertical ? 12 : 30,
    nameTextStyle: { color: colours.muted, fontSize: 12, align: vertical ? "left" : "center" },
    axisLine: { show: true, onZero: false, lineStyle: { color: colours.line } },
    splitLine: { show: true, lineStyle: { color: colours.line, opacity: 0.6 } },
    axisTick: { show: true, lineStyle: { color: colours.line } },
    axisLabel: {
      color: colours.muted,
      fontSize: 12,
      hideOverlap: true,
      formatter: (value) => short(show(axis.unit, unscaled(axis, value))),
    },
  };
  if (axis.unit === "quantile") {
    const ticks = QUANTILE_TICKS.map((quantile) => scaled(axis, quantile)).filter((t) => t <= high + 0.02);
    option.min = scaled(axis, 0.5);
    option.max = Math.max(high, ticks[ticks.length - 1], 1) + 0.02;
    option.axisTick.customValues = ticks;
    option.axisLabel.customValues = ticks;
  } else if (axis.log) {
    const spare = Math.max((high - low) * 0.06, 0.05);
    low -= spare;
    high += spare;
    const ticks = axis.unit === "bytes" ? binaryTicks(low, high, room) : logTicks(low, high, room);
    option.min = low;
    option.max = high;
    option.axisTick.customValues = ticks;
    option.axisLabel.customValues = ticks;
  } else {
    option.min = Math.min(0, low);
    option.splitNumber = room;
    if (axis.unit === "whole") option.minInterval = 1;
    if (axis.unit === "bytes") option.interval = 2 ** Math.ceil(Math.log2((high - option.min) / room));
    if (high <= option.min) option.max = option.min + 1;
  }
  return option;
};

const grid = (narrow, extra) => ({
  left: 8,
  right: narrow ? 14 : 28,
  top: 34,
  bottom: 30,
  containLabel: true,
  ...extra,
});

// ECharts 6 keeps names of axes inside by itself; what it draws is plain text
// in SVG, so that a page needs no inline style.
const tooltip = (colours, formatter) => ({
  renderMode: "richText",
  confine: true,
  backgroundColor: colours.page,
  borderColor: colours.line,
  textStyle: { color: colours.text, fontSize: 12 },
  formatter,
});

// Lines across a plot, with their labels.
const guideLines = (guides, axis, colours, direction, end = "end") => ({
  silent: true,
  symbol: "none",
  animation: false,
  lineStyle: { color: colours.muted, type: [4, 4], width: 1 },
  label: {
    color: colours.muted,
    fontSize: 11,
    formatter: (item) => item.name,
    position: direction === "xAxis" ? end : "insideStartTop",
  },
  // one above the other, since guides may stand close together
  data: guides.map((guide, at) => ({
    name: cut(guide.label, 24),
    [direction]: scaled(axis, guide.at),
    label: direction === "xAxis" ? { distance: 4 + 14 * at } : {},
  })),
});

// A series that draws nothing but lines across.
const carrier = (markLine, markArea) => ({
  type: "scatter",
  data: [],
  silent: true,
  markLine,
  markArea,
});
