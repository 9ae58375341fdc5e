const SVG = 'http://www.w3.org/2000/svg';
const HOUR_MS = 3600 * 1000;
const BAR = 10;
const HEIGHT = 100;

function element(name, attributes) {
  const node = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  return node;
}

/** One bar an hour; the figures are in each bar's tooltip and in the chart's spoken label. */
export function barChart({ first_hour: firstHour, values }, label, lang) {
  const hourFormat = new Intl.DateTimeFormat(lang, { hour: '2-digit', minute: '2-digit' });
  const largest = Math.max(...values, 1);
  const captions = values.map((kw, index) => {
    const time = new Date(Date.parse(firstHour) + index * HOUR_MS);
    return `${hourFormat.format(time)} ${kw.toLocaleString(lang)} kW`;
  });
  const chart = element('svg', {
    viewBox: `0 0 ${values.length * BAR} ${HEIGHT}`,
    preserveAspectRatio: 'none',
    role: 'img',
    'aria-label': `${label}: ${captions.join(', ')}`,
  });
  values.forEach((kw, index) => {
    const height = (kw / largest) * HEIGHT;
    const bar = element('rect', { x: index * BAR + 1, y: HEIGHT - height, width: BAR - 2, height });
    const tooltip = element('title', {});
    tooltip.textContent = captions[index];
    bar.append(tooltip);
    chart.append(bar);
  });
  return chart;
}
