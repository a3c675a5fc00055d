// Bars of parts, and distributions column by column.

const drawStack = (shape, colours, width) => {
  const narrow = isNarrow(width);
  const bars = shape.bars;
  const most = Math.max(...bars.map((bar) => bar.values.reduce((a, b) => a + b, 0)));
  const labels = narrow ? [] : [{
    type: "category",
    position: "right",
    inverse: true,
    data: bars.map((bar) => bar.label),
    axisLine: { show: false },
    axisTick: { show: false },
    axisLabel: { color: colours.text, fontSize: 12, interval: 0 },
  }];
  const described = (bar, part) =>
    `${bar.name}, ${shape.parts[part]}: ${show(shape.x.unit, bar.values[part])} of ${bar.label}`;
  return {
    height: 66 + bars.length * 34,
    legend: shape.parts.map((name, part) => ({ name, part })),
    items: bars.flatMap((bar, index) => bar.values
      .map((value, part) => ({ series: part, index, value, text: described(bar, part) }))
      .filter((item) => item.value > 0)),
    option: {
      grid: grid(narrow, { top: 10, right: narrow ? 14 : 12 }),
      xAxis: axisOf(shape.x, [0, most], colours, narrow ? 3 : 6, false),
      yAxis: [{
        type: "category",
        inverse: true,
        data: bars.map((bar) => bar.name),
        axisLine: { show: false },
        axisTick: { show: false },
        axisLabel: {
          color: colours.text,
          fontSize: narrow ? 11 : 13,
          interval: 0,
          formatter: (name) => cut(name, narrow ? 17 : 30),
        },
      }, ...labels],
      tooltip: tooltip(colours, (item) => {
        const bar = bars[item.dataIndex];
        return bar ? described(bar, item.seriesIndex) : "";
      }),
      series: shape.parts.map((_, part) => ({
        type: "bar",
        stack: "all",
        barMaxWidth: 20,
        itemStyle: { color: colours.parts[part], borderColor: colours.page, borderWidth: 1 },
        data: bars.map((bar) => (bar.values[part] > 0 ? bar.values[part] : "-")),
      })),
    },
  };
};

const drawHeat = (shape, colours, width) => {
  const narrow = isNarrow(width);
  const steps = colours.heat.length;
  // shares differ by decades: the steps are those of their logarithms
  const shares = shape.cells.map((cell) => cell[2]);
  const least = Math.log10(Math.max(Math.min(...shares), 1e-6));
  const step = (share) => {
    if (least >= 0) return steps - 1;
    const part = 1 - Math.log10(Math.max(share, 1e-6)) / least;
    return Math.min(steps - 1, Math.floor(part * steps));
  };
  const edge = (at) => scaled(shape.y, shape.edges[at]);
  const percent = (share) => `${Number((share * 100).toPrecision(2))}%`;
  const described = (cell) => `${shape.x} ${shape.columns[cell[0]]}, `
    + `${show(shape.y.unit, shape.edges[cell[1]])} to ${show(shape.y.unit, shape.edges[cell[1] + 1])}: `
    + `${percent(cell[2])}`;
  const y = axisOf(shape.y, [shape.edges[0], shape.edges[shape.edges.length - 1]], colours, 6, true);
  y.min = edge(0);
  y.max = edge(shape.edges.length - 1);
  return {
    height: narrow ? 260 : 300,
    ramp: { from: percent(10 ** least), to: percent(Math.max(...shares)) },
    items: shape.cells.map((cell, index) => ({ series: 0, index, text: described(cell) })),
    option: {
      grid: grid(narrow),
      xAxis: {
        type: "category",
        data: shape.columns,
        name: shape.x,
        nameLocation: "middle",
        nameGap: 30,
        nameTextStyle: { color: colours.muted, fontSize: 12 },
        axisLine: { lineStyle: { color: colours.line } },
        axisTick: { show: false },
        axisLabel: { color: colours.muted, fontSize: 12, hideOverlap: true },
      },
      yAxis: y,
      tooltip: tooltip(colours, (item) => {
        const cell = shape.cells[item.dataIndex];
        return cell ? described(cell) : "";
      }),
      series: [{
        type: "custom",
        data: shape.cells.map((cell) => [cell[0], edge(cell[1]), edge(cell[1] + 1)]),
        encode: { x: 0, y: [1, 2] },
        renderItem: (params, api) => {
          const [column, low, high] = [0, 1, 2].map((index) => api.value(index));
          const [bottom, top] = [api.coord([column, low]), api.coord([column, high])];
          const wide = api.size([1, 0])[0];
          const gap = wide > 6 ? 1 : 0;
          return {
            type: "rect",
            shape: {
              x: bottom[0] - wide / 2 + gap,
              y: top[1],
              width: Math.max(wide - 2 * gap, 0.5),
              height: Math.max(bottom[1] - top[1] - gap, 0.5),
            },
            style: { fill: colours.heat[step(shape.cells[params.dataIndex][2])] },
          };
        },
      }],
    },
  };
};
