// Accuracy over time, by window and model version; and what follows from the chosen window.
import {byId, clock, colour, count, duration, element, percent} from './page.js';
import {Chart, join, line} from './charts.js';

const ORDER = ['1m', '10m', '1h', 'all'];
const COLOURS = ['blue', 'orange', 'green', 'red'];
const MOST_POINTS = 4_000;
const WIDEST = 0.03;
const POINT = figures => [
  figures.computedAt, figures.accuracy, figures.accuracyLow, figures.accuracyHigh, figures.coverage, figures.labelDelayP50Millis];

let lines = {};
let latest = [];
let chosen = 'all';
let versions = [];
let starts = [];

/** From the lowest end of an interval to the highest, but for the widest few: of the first images' little can be said. */
function range(plot) {
  const ends = plot.data.slice(1).flat().filter(value => value != null).sort((a, b) => a - b);
  return ends.length ? [Math.max(0, ends[Math.floor(ends.length * WIDEST)] - 0.002), Math.min(1, ends[ends.length - 1] + 0.002)] : [0, 1];
}

const chart = new Chart('accuracy-chart', 260, axis => ({
  scales: {y: {range}},
  axes: [axis, {...axis, size: 70, values: (plot, ticks) => ticks.map(tick => percent(tick))}],
  series: [{}, ...versions.flatMap((version, i) => [
    line(version, COLOURS[i % COLOURS.length], v => percent(v)),
    line('95 % low', COLOURS[i % COLOURS.length], v => percent(v), {width: 0.5}),
    line('high', COLOURS[i % COLOURS.length], v => percent(v), {width: 0.5}),
  ])],
  bands: versions.map((version, i) => ({series: [3 * i + 3, 3 * i + 2], fill: colour('band')})),
  hooks: {draw: [markStarts]},
}));

const beside = (id, unit, range) => new Chart(id, 150, axis => ({
  scales: {y: {range}},
  axes: [axis, {...axis, size: 70, values: (plot, ticks) => ticks.map(unit)}],
  series: [{}, ...versions.map((version, i) => line(version, COLOURS[i % COLOURS.length], unit))],
}));

const coverage = beside('coverage-chart', value => percent(value, 0), () => [0, 1]);
const delay = beside('delay-chart', duration, (plot, low, high) => [0, Math.max(100, (high ?? 0) * 1.1)]);

/** A line where the pipeline began to classify: solid with another model, dashed with the same one, started anew. */
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
    // A label that has no room is left out; its line is not.
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

/** The version that was heard of last. */
const current = () => latest.reduce((a, b) => a && a.computedAt >= b.computedAt ? a : b, null);

/** The model version whose figures are shown: <name>/<version>; null before there are any. */
export const model = () => current() && versionOf(current());

/** The figures of the chosen window of the current model; null before there are any. */
export const figures = () => {
  const now = current();
  return now && (latest.find(one => versionOf(one) === versionOf(now) && one.window === chosen) ?? now);
};

export function begin(history) {
  lines = history.accuracy;
  starts = history.starts;
}

export function update(state) {
  latest = state.accuracy;
  if (state.start && !starts.some(start => start.at === state.start.at)) {
    starts.push(state.start);
  }
  for (const one of latest) {
    const known = lines[versionOf(one) + '/' + one.window] ??= [];
    if (!known.length || known[known.length - 1][0] < one.computedAt) {
      known.push(POINT(one));
      if (known.length > MOST_POINTS) {
        known.splice(0, known.length - MOST_POINTS);
      }
    }
  }
  show();
}

function show() {
  const now = current();
  if (!now) {
    byId('accuracy-note').textContent = 'No accuracy has been published yet: nothing was predicted, or nothing scores.';
    return;
  }
  byId('model').textContent = `${now.modelName} ${now.modelVersion}`;
  showWindows(latest.filter(one => versionOf(one) === versionOf(now)));

  const shown = [...new Set(Object.keys(lines).filter(key => key.endsWith('/' + chosen)).map(key => key.slice(0, key.lastIndexOf('/'))))];
  const sameVersions = shown.length === versions.length && shown.every((version, i) => version === versions[i]);
  versions = shown;
  if (!sameVersions) {
    [chart, coverage, delay].forEach(one => one.forget());
  }
  // Columns of a point: time, accuracy, its interval's ends, coverage, the labels' delay.
  const table = (...columns) => join(shown.map(version => {
    const points = lines[version + '/' + chosen];
    return [points.map(point => point[0] / 1000), ...columns.map(column => points.map(point => point[column]))];
  }));
  chart.show(table(1, 2, 3));
  coverage.show(table(4));
  delay.show(table(5));

  const f = figures();
  byId('accuracy-note').textContent = `${windowName(f.window)}: ${count(f.labelled)} of ${count(f.predicted)} predictions have a label `
      + `(coverage ${percent(f.coverage, 1)}); labels come ${duration(f.labelDelayP50Millis)} (median) after their images. `
      + `${count(f.pending)} wait for one, ${count(f.expired)} never got one, ${count(f.duplicates)} predictions were duplicates. `
      + `Published ${clock(f.computedAt)}.`;
}

const windowName = name => name === 'all' ? 'Since the start' : 'Last ' + name;

function showWindows(figures) {
  const rank = one => (ORDER.indexOf(one.window) + 1) || ORDER.length;
  const into = byId('windows');
  for (const one of [...figures].sort((a, b) => rank(a) - rank(b))) {
    let tile = into.querySelector(`[data-window="${CSS.escape(one.window)}"]`);
    if (!tile) {
      tile = element('button', {type: 'button', className: 'tile', 'data-window': one.window}, element('span'), element('b'), element('span'));
      tile.addEventListener('click', () => {
        chosen = one.window;
        document.dispatchEvent(new Event('window-chosen'));
        show();
      });
      into.append(tile);
    }
    tile.setAttribute('aria-pressed', String(one.window === chosen));
    const half = one.accuracy == null ? null : (one.accuracyHigh - one.accuracyLow) / 2;
    tile.children[0].textContent = windowName(one.window);
    tile.children[1].textContent = percent(one.accuracy);
    tile.children[2].textContent = half == null
        ? 'no labels'
        : `${percent(one.accuracyLow, 2)} to ${percent(one.accuracyHigh, 2)}, ${count(one.labelled)} labels`;
  }
}
