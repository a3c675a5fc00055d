// Numbers as the tables write them.

const THREE = (value) => {
  const size = Math.abs(value);
  if (size >= 99.95 || size === 0) return value.toFixed(0);
  return size >= 9.995 ? value.toFixed(1) : value.toFixed(2);
};

const showCount = (value) => {
  const size = Math.abs(value);
  for (const [from, by, suffix] of [[1e9, 1e9, "G"], [1e6, 1e6, "M"], [1e4, 1e3, "k"]]) {
    if (size >= from) return THREE(value / by) + suffix;
  }
  return Number.isInteger(value) ? String(value) : THREE(value);
};

const showNs = (value) => {
  const size = Math.abs(value);
  for (const [from, unit] of [[1e9, "s"], [1e6, "ms"], [1e3, "µs"]]) {
    if (size >= from) return `${THREE(value / from)} ${unit}`;
  }
  return `${THREE(value)} ns`;
};

const showBytes = (value) => {
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  let at = 0;
  while (Math.abs(value) >= 1024 && at + 1 < units.length) {
    value /= 1024;
    at += 1;
  }
  return `${THREE(value)} ${units[at]}`;
};

const showPlain = (value) => {
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-3 || size >= 1e5)) return value.toExponential(2);
  return String(Number(value.toPrecision(3)));
};

const showQuantile = (value) => `${Number((value * 100).toFixed(6))}%`;

// A label on an axis is short: 20M, and not 20.0M.
const short = (text) => text.replace(/(\.\d*?)0+(?=\D|$)/, "$1").replace(/\.(?=\D|$)/, "");

const SHOW = {
  count: showCount,
  ns: showNs,
  bytes: showBytes,
  plain: showPlain,
  whole: (value) => String(Math.round(value)),
  quantile: showQuantile,
};
const show = (unit, value) => SHOW[unit](value);

const withInterval = (unit, value, interval) =>
  interval ? `${show(unit, value)} [${show(unit, interval[0])}, ${show(unit, interval[1])}]`
    : show(unit, value);
