// Accuracy over time, by window and model version; and what follows from the chosen window and version.
import {axisOf} from './axis.js';
import {byId, clock, colour, count, duration, element, percent} from './page.js';
import {Chart, join, line} from './charts.js';

const ORDER = ['1m', '10m', '1h', 'all'];
const COLOURS = ['blue', 'orange', 'green', 'red'];
const SHORTEST_SECONDS = 60;
const OLD_MILLIS = 15_000;
const POINT = figures => [
  figures.computedAt, figures.accuracy, figures.accuracyLow, figures.accuracyHigh, figures.coverage, figures.labelDelayP50Millis];

const latest = new Map();
let lines = {};
let now = Date.now();
let inService = null;
let chosenWindow = 'all';
let chosenVersion = '';
let span = Infinity;
let versions = [];
let starts = [];

/** From the first time that is shown to now, in seconds. */
function times(plot, low) {
  const end = Math.max(now / 1000, plot.data[0][plot.data[0].length - 1] ?? 0);
  return [Math.min(end - SHORTEST_SECONDS, Math.max(low ?? end, end - span)), end];
}

/** The ends of the axis for the times that are shown. */
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

const beside = (id, unit, range) => new Chart(id, 150, axis => ({
  scales: {x: {range: times}, y: {range}},
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
const keyOf = figures => versionOf(figures) + '/' + figures.window;

/** The model version whose figures are shown, <name>/<version>: the chosen one, else that in service; null before there is any. */
export const model = () => chosenVersion || inService;

const figuresOf = version => [...latest.values()].filter(one => versionOf(one) === version);

/** The figures of the chosen window of the shown model version; null before there are any. */
export const figures = () => latest.get(model() + '/' + chosenWindow) ?? figuresOf(model())[0] ?? null;

export function begin(history) {
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
    // Where the scoring process's clock was set back, time goes on from there.
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
    byId('accuracy-note').textContent = 'No accuracy has been published yet: nothing was predicted, or nothing scores.';
    return;
  }
  byId('model').textContent = `${f.modelName} ${f.modelVersion}`;
  showWindows(figuresOf(model()));

  const shown = Object.keys(lines).filter(key => key.endsWith('/' + chosenWindow)).map(key => key.slice(0, key.lastIndexOf('/')));
  const sameVersions = shown.length === versions.length && shown.every((version, i) => version === versions[i]);
  versions = shown;
  if (!sameVersions) {
    [chart, coverage, delay].forEach(one => one.forget());
  }
  // Columns of a point: time, accuracy, its interval's ends, coverage, the labels' delay.
  const table = (...columns) => join(shown.map(version => {
    const points = lines[version + '/' + chosenWindow];
    return [points.map(point => point[0] / 1000), ...columns.map(column => points.map(point => point[column]))];
  }));
  if (shown.length) {
    chart.show(table(1, 2, 3));
    coverage.show(table(4));
    delay.show(table(5));
  }

  byId('accuracy-note').textContent = `${windowName(f.window)}: ${count(f.labelled)} of ${count(f.predicted)} predictions have a label `
      + `(coverage ${percent(f.coverage, 1)}); labels come ${duration(f.labelDelayP50Millis)} (median) after their images. `
      + `${count(f.pending)} wait for one, ${count(f.expired)} never got one, ${count(f.duplicates)} predictions were duplicates. `
      + `Published ${clock(f.computedAt)}.`;
}

/** With more than one version, which is shown can be chosen. */
function showVersions() {
  const known = [...new Set([...latest.values()].map(versionOf))].sort();
  const select = byId('version');
  byId('versions').hidden = known.length < 2;
  const options = ['', ...known];
  if (options.length !== select.options.length || options.some((version, i) => version !== select.options[i].value)) {
    chosenVersion = known.includes(chosenVersion) ? chosenVersion : '';
    select.replaceChildren(...options.map(version => element('option', {value: version}, version || 'the one in service')));
    select.value = chosenVersion;
  }
}

function choose() {
  document.dispatchEvent(new Event('figures-chosen'));
  show();
}

byId('version').addEventListener('change', event => {
  chosenVersion = event.target.value;
  choose();
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
        chosenWindow = one.window;
        choose();
      });
      into.append(tile);
    }
    tile.setAttribute('aria-pressed', String(one.window === chosenWindow));
    tile.children[0].textContent = windowName(one.window);
    tile.children[1].textContent = percent(one.accuracy);
    tile.children[2].textContent = (one.accuracy == null
        ? 'no labels'
        : `${percent(one.accuracyLow, 2)} to ${percent(one.accuracyHigh, 2)}, ${count(one.labelled)} labels`)
        // Figures that do not change are not published again; those of a pipeline that stands still are old.
        + (now - one.computedAt > OLD_MILLIS ? `; as of ${clock(one.computedAt)}` : '');
  }
}
