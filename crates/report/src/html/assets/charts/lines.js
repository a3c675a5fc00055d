// Points along two axes, joined or not.

const drawLines = (shape, colours, width, hidden) => {
  const narrow = isNarrow(width);
  const shown = shape.series.filter((series) => !hidden.has(series.name));
  const points = shape.series.flatMap((series) => series.points);
  const xs = points.map((point) => point.x).concat(shape.guides.map((guide) => guide.at));
  const ys = points.flatMap((point) => [point.y, ...(point.interval || [])]);
  ys.push(...shape.levels.map((level) => level.at));
  const place = (point) => [scaled(shape.x, point.x), scaled(shape.y, point.y)];
  const series = shown.map((one) => {
    const colour = colours.hues[one.style.hue];
    return {
      type: "line",
      name: one.name,
      data: one.points.map((point) => ({
        value: place(point),
        itemStyle: point.hollow
          ? { color: colours.page, borderColor: colour, borderWidth: 2 }
          : { color: colour, borderWidth: 0 },
      })),
      showSymbol: one.marks,
      showAllSymbol: true,
      symbol: MARKS[one.style.mark],
      symbolSize: one.stroke === "none" ? 7 : 6,
      lineStyle: {
        color: colour,
        width: one.stroke === "none" ? 0 : 2,
        type: DASHES[one.stroke],
      },
      z: 3,
    };
  });
  const bars = shown.map((one) => ({
    type: "custom",
    silent: true,
    data: one.points.filter((point) => point.interval)
      .map((point) => [scaled(shape.x, point.x), ...point.interval.map((end) => scaled(shape.y, end))]),
    encode: { x: 0, y: [1, 2] },
    renderItem: (_, api) => {
      const [low, high] = [1, 2].map((end) => api.coord([api.value(0), api.value(end)]));
      const line = (x1, y1, x2, y2) => ({
        type: "line",
        shape: { x1, y1, x2, y2 },
        style: { stroke: colours.hues[one.style.hue], lineWidth: 1.5 },
      });
      const end = (point) => line(point[0] - 4, point[1], point[0] + 4, point[1]);
      return { type: "group", children: [line(low[0], low[1], high[0], high[1]), end(low), end(high)] };
    },
    z: 2,
  }));
  const described = (one, point) => {
    const note = point.note ? `\n${point.note}` : "";
    const x = show(shape.x.unit, point.x);
    return `${cut(one.name, 40)}\n${x}: ${withInterval(shape.y.unit, point.y, point.interval)}${note}`;
  };
  return {
    height: narrow ? 300 : 380,
    legend: shape.series.map((one) => ({
      name: one.name,
      hue: one.style.hue,
      mark: one.marks ? one.style.mark : null,
      stroke: one.stroke,
    })),
    items: shown.flatMap((one, at) => one.marks
      ? one.points.map((point, index) => ({
        series: at,
        index,
        text: described(one, point).replace(/\n/g, ", "),
      }))
      : []),
    option: {
      grid: grid(narrow, { top: shape.guides.length ? 46 : 34 }),
      xAxis: axisOf(shape.x, xs, colours, narrow ? 4 : 8, false),
      yAxis: axisOf(shape.y, ys, colours, 6, true),
      tooltip: tooltip(colours, (item) => {
        const one = shown[item.seriesIndex];
        const point = one && one.points[item.dataIndex];
        return point ? described(one, point) : "";
      }),
      series: [
        ...series,
        ...bars,
        carrier(guideLines(shape.guides, shape.x, colours, "xAxis")),
        carrier(guideLines(shape.levels, shape.y, colours, "yAxis")),
      ],
    },
  };
};
