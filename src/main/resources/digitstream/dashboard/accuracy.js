// Accuracy over time by window and model version, and the selection of a window and a version.
import {axisOf} from './axis.js';
import {byId, clock, colour, count, duration, element, percent} from './page.js';
import {Chart, join, line} from './charts.js';

const ORDER = ['1m', '10m', '1h', 'all'];
const COLOURS = ['blue', 'orange', 'green', 'red'];
const MIN_RANGE_SECONDS = 60;
const STALE_MILLIS = 15_000;
const POINT = figures => [
  figures.computedAt, figures.accuracy, figures.accuracyLow, figures.accuracyHigh, figures.coverage, figures.labelDelayP50Millis];

const latest = new Map();
let lines = {};
let now = Date.now();
let inService = null;
let selectedWindow = 'all';
let selectedVersion = '';
let span = Infinity;
let versions = [];
let starts = [];

/** The limits of the time axis, in seconds: up to now. */
function times(plot, low) {
  const end = Math.max(now / 1000, plot.data[0][plot.data[0].length - 1] ?? 0);
  return [Math.min(end - MIN_RANGE_SECONDS, Math.max(low ?? end, end - span)), end];
}

/** The limits of the accuracy axis for the shown times. */
function range(plot) {
  const [start, end] = times(plot, plot.data[0][0]);
  const intervals = [];
  for (let series = 1; series < plot.data.length; series += 3) {
    const [accuracies, lows, highs] = plot.data.slice(series, series + 3);
    plot.data[0].forEach((at, i) => {
      if (at >= start && at <= end && accuracies[i] != null) {
        intervals.push({accuracy: accuracies[i], low: lows[i], high: highs[i]});
      }
    });
  }
  return axisOf(intervals);
}

const chart = new Chart('accuracy-chart', 260, axis => ({
  scales: {x: {range: times}, y: {range}},
  axes: [axis, {...axis, size: 70, values: (plot, ticks) => ticks.map(tick => percent(tick))}],
  series: [{}, ...versions.flatMap((version, i) => [
    line(version, COLOURS[i % COLOURS.length], v => percent(v)),
    line('95 % low', COLOURS[i % COLOURS.length], v => percent(v), {width: 0.5}),
    line('high', COLOURS[i % COLOURS.length], v => percent(v), {width: 0.5}),
  ])],
  bands: versions.map((version, i) => ({series: [3 * i + 3, 3 * i + 2], fill: colour('band')})),
  hooks: {draw: [markStarts]},
}));

const smallChart = (id, unit, range) => new Chart(id, 150, axis => ({
  scales: {x: {range: times}, y: {range}},
  axes: [axis, {...axis, size: 70, values: (plot, ticks) => ticks.map(unit)}],
  series: [{}, ...versions.map((version, i) => line(version, COLOURS[i % COLOURS.length], unit))],
}));

const coverage = smallChart('coverage-chart', value => percent(value, 0), () => [0, 1]);
const delay = smallChart('delay-chart', duration, (plot, low, high) => [0, Math.max(100, (high ?? 0) * 1.1)]);

/** Draws a vertical line at each start of a serving process: solid with a different model, dashed with the same one. */
function markStarts(plot) {
  const context = plot.ctx;
  const {left, top, width, height} = plot.bbox;
  context.save();
  context.strokeStyle = context.fillStyle = colour('soft');
  context.font = `${Math.round(11 * devicePixelRatio)}px system-ui, sans-serif`;
  context.textAlign = 'left';
  let labelledTo = left;
  starts.forEach((start, i) => {
    const x = plot.valToPos(start.at / 1000, 'x', true);
    if (x < left || x > left + width) {
      return;
    }
    const restart = i > 0 && starts[i - 1].model === start.model;
    context.setLineDash(restart ? [4, 4] : []);
    context.beginPath();
    context.moveTo(x, top);
    context.lineTo(x, top + height);
    context.stroke();
    const label = restart ? 'restart' : start.model;
    // A label without room is left out; its line is drawn all the same.
    const wide = context.measureText(label).width;
    const at = x + wide + 6 < left + width ? x + 4 : x - wide - 4;
    if (at >= labelledTo) {
      context.fillText(label, at, top + 12 * devicePixelRatio);
      labelledTo = at + wide;
    }
  });
  context.restore();
}

const versionOf = figures => figures.modelName + '/' + figures.modelVersion;
const keyOf = figures => versionOf(figures) + '/' + figures.window;

/** The shown model version, <name>/<version>: the selected one, else the one in service; null if there is none yet. */
export const model = () => selectedVersion || inService;

const figuresOf = version => [...latest.values()].filter(one => versionOf(one) === version);

/** The figures of the selected window of the shown model version; null if there are none yet. */
export const figures = () => latest.get(model() + '/' + selectedWindow) ?? figuresOf(model())[0] ?? null;

export function load(history) {
  lines = history.accuracy;
  starts = history.starts;
  latest.clear();
  history.latest.forEach(one => latest.set(keyOf(one), one));
}

export function update(state) {
  now = state.now;
  inService = state.model;
  if (state.start && !starts.some(start => start.at === state.start.at)) {
    starts.push(state.start);
  }
  for (const one of state.accuracy) {
    latest.set(keyOf(one), one);
    const known = lines[keyOf(one)] ??= [];
    // If the clock of the scoring process was set back, drop the later points and continue from there.
    while (known.length && known[known.length - 1][0] > one.computedAt) {
      known.pop();
    }
    if (!known.length || known[known.length - 1][0] < one.computedAt) {
      known.push(POINT(one));
    }
  }
  show();
}

function show() {
  showVersions();
  const f = figures();
  if (!f) {
    byId('accuracy-note').textContent = 'No accuracy has been published yet: there are no predictions, or the scoring topology is not running.';
    return;
  }
  byId('model').textContent = `${f.modelName} ${f.modelVersion}`;
  showWindows(figuresOf(model()));

  const shown = Object.keys(lines).filter(key => key.endsWith('/' + selectedWindow)).map(key => key.slice(0, key.lastIndexOf('/')));
  const sameVersions = shown.length === versions.length && shown.every((version, i) => version === versions[i]);
  versions = shown;
  if (!sameVersions) {
    [chart, coverage, delay].forEach(one => one.forget());
  }
  // Columns of a point: time, accuracy, lower and upper end of its interval, coverage, median label delay.
  const table = (...columns) => join(shown.map(version => {
    const points = lines[version + '/' + selectedWindow];
    return [points.map(point => point[0] / 1000), ...columns.map(column => points.map(point => point[column]))];
  }));
  if (shown.length) {
    chart.show(table(1, 2, 3));
    coverage.show(table(4));
    delay.show(table(5));
  }

  byId('accuracy-note').textContent = `${windowName(f.window)}: ${count(f.labelled)} of ${count(f.predicted)} predictions have a label `
      + `(coverage ${percent(f.coverage, 1)}). Median label delay: ${duration(f.labelDelayP50Millis)}. `
      + `${count(f.pending)} predictions await a label, ${count(f.expired)} expired without one; ${count(f.duplicates)} predictions were duplicates. `
      + `Published ${clock(f.computedAt)}.`;
}

/** Offers a selection if there is more than one version. */
function showVersions() {
  const known = [...new Set([...latest.values()].map(versionOf))].sort();
  const select = byId('version');
  byId('versions').hidden = known.length < 2;
  const options = ['', ...known];
  if (options.length !== select.options.length || options.some((version, i) => version !== select.options[i].value)) {
    selectedVersion = known.includes(selectedVersion) ? selectedVersion : '';
    select.replaceChildren(...options.map(version => element('option', {value: version}, version || 'in service')));
    select.value = selectedVersion;
  }
}

function notifySelection() {
  document.dispatchEvent(new Event('figures-selected'));
  show();
}

byId('version').addEventListener('change', event => {
  selectedVersion = event.target.value;
  notifySelection();
});

byId('span').addEventListener('change', event => {
  span = Number(event.target.value) || Infinity;
  show();
});

const windowName = name => name === 'all' ? 'Since the start' : 'Last ' + name;

function showWindows(figures) {
  const rank = one => (ORDER.indexOf(one.window) + 1) || ORDER.length;
  const into = byId('windows');
  [...into.children].filter(tile => !figures.some(one => one.window === tile.dataset.window)).forEach(tile => tile.remove());
  for (const one of [...figures].sort((a, b) => rank(a) - rank(b))) {
    let tile = into.querySelector(`[data-window="${CSS.escape(one.window)}"]`);
    if (!tile) {
      tile = element('button', {type: 'button', className: 'tile', 'data-window': one.window}, element('span'), element('b'), element('span'));
      tile.addEventListener('click', () => {
        selectedWindow = one.window;
        notifySelection();
      });
      into.append(tile);
    }
    tile.setAttribute('aria-pressed', String(one.window === selectedWindow));
    tile.children[0].textContent = windowName(one.window);
    tile.children[1].textContent = percent(one.accuracy);
    tile.children[2].textContent = (one.accuracy == null
        ? 'no labels'
        : `${percent(one.accuracyLow, 2)} to ${percent(one.accuracyHigh, 2)}, ${count(one.labelled)} labels`)
        // Figures that do not change are not published again, so those of an idle pipeline get old.
        + (now - one.computedAt > STALE_MILLIS ? `; as of ${clock(one.computedAt)}` : '');
  }
}
