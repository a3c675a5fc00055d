// A value with its interval in each row, and what it is from.

const drawRows = (shape, colours, width) => {
  const narrow = isNarrow(width);
  const rows = shape.rows;
  const at = (value) => scaled(shape.x, value);
  const values = rows.flatMap((row) => [row.value, ...(row.interval || []), ...row.dots]);
  values.push(...shape.guides.map((guide) => guide.at));
  const x = axisOf(shape.x, values, colours, narrow ? 4 : 8, false);
  const interval = {
    type: "custom",
    silent: true,
    data: rows.map((row, index) => [index, ...(row.interval || []).map(at)]).filter((d) => d.length === 3),
    encode: { x: [1, 2], y: 0 },
    renderItem: (_, api) => {
      const row = rows[api.value(0)];
      const [low, high] = [1, 2].map((end) => api.coord([api.value(end), api.value(0)]));
      const stroke = colours.hues[row.style.hue];
      const line = (x1, y1, x2, y2) => ({
        type: "line",
        shape: { x1, y1, x2, y2 },
        style: { stroke, lineWidth: 2 },
      });
      const end = (point) => line(point[0], point[1] - 5, point[0], point[1] + 5);
      return { type: "group", children: [line(low[0], low[1], high[0], high[1]), end(low), end(high)] };
    },
    z: 2,
  };
  // rounds, a little below their row so that nothing hides
  const dots = {
    type: "scatter",
    silent: true,
    symbol: "circle",
    symbolSize: 5,
    symbolOffset: [0, 9],
    itemStyle: { color: "transparent", borderColor: colours.muted, borderWidth: 1 },
    data: rows.flatMap((row, index) => row.dots.map((dot) => [at(dot), index])),
    z: 1,
  };
  const marks = {
    type: "scatter",
    data: rows.map((row, index) => ({
      value: [at(row.value), index],
      symbol: MARKS[row.style.mark],
      itemStyle: { color: colours.hues[row.style.hue] },
    })),
    symbolSize: 11,
    z: 3,
  };
  const band = shape.band && {
    silent: true,
    itemStyle: { color: colours.band },
    data: [[{ xAxis: at(shape.band[0]) }, { xAxis: at(shape.band[1]) }]],
  };
  const labels = narrow ? [] : [{
    type: "category",
    position: "right",
    inverse: true,
    data: rows.map((row) => row.label),
    axisLine: { show: false },
    axisTick: { show: false },
    axisLabel: { color: colours.text, fontSize: 12, interval: 0 },
  }];
  return {
    height: 56 + 14 * shape.guides.length + rows.length * 34,
    items: rows.map((row, index) => ({ series: 2, index, text: `${row.name}: ${row.label}` })),
    option: {
      grid: grid(narrow, { top: 10 + 14 * shape.guides.length, right: narrow ? 14 : 12 }),
      xAxis: x,
      yAxis: [{
        type: "category",
        inverse: true,
        data: rows.map((row) => row.name),
        axisLine: { show: false },
        axisTick: { show: false },
        splitLine: { show: false },
        axisLabel: {
          color: colours.text,
          fontSize: narrow ? 11 : 13,
          interval: 0,
          formatter: (name) => cut(name, narrow ? 17 : 30),
        },
      }, ...labels],
      tooltip: tooltip(colours, (item) => {
        const row = rows[item.dataIndex];
        return item.seriesIndex === 2 && row ? `${cut(row.name, 40)}\n${row.label}` : "";
      }),
      series: [
        interval,
        dots,
        marks,
        carrier(guideLines(shape.guides, shape.x, colours, "xAxis", "start"), band || undefined),
      ],
    },
  };
};
