// Accuracy over time by window and model version, and the selection of a window and a version.
import {axisOf} from './axis.js';
import {byId, clock, count, duration, element, percent, segments, setText} from './page.js';
import {Chart, join, line, withGaps} from './charts.js';
import * as view from './view.js';

const SPANS = [[600, '10 min'], [3_600, '1 h'], [21_600, '6 h']];
const UNIT_SECONDS = {s: 1, m: 60, h: 3_600, d: 86_400};
/** The server keeps the points of this many seconds as published, and older ones in larger distances. */
const RECENT_SECONDS = 900;
/** A running topology publishes once a second. */
const LONGEST_SECONDS = 10;
const POINT = figures => [
  figures.computedAt, figures.accuracy, figures.accuracyLow, figures.accuracyHigh, figures.coverage, figures.labelDelayP50Millis];

const latest = new Map();
let lines = {};
let now = Date.now();
let inService = null;
let versions = [];
let spacing = 0;

/** The length of a window in seconds; infinite for the window 'all'. */
export const seconds = window => Number(window.match(/^\d+/)?.[0] ?? Infinity) * (UNIT_SECONDS[window.match(/[a-z]+$/)?.[0]] ?? 1);

const windowName = name => name === 'all' ? 'Since the start' : name.replace(/^(\d+)m$/, '$1 min').replace(/^(\d+)([hsd])$/, '$1 $2');

/** The limits of the accuracy axis for the shown times. */
function range(low, high, plot) {
  const [start, end] = view.times();
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

/** One version needs no name: the header has it. */
const label = (version, single) => versions.length > 1 ? version.slice(version.indexOf('/') + 1) : single;
const inPercent = value => String(Number((100 * value).toFixed(2)));

const chart = new Chart('accuracy-chart', {
  height: 300,
  unit: 'accuracy, %',
  tick: inPercent,
  range,
  labelled: true,
  endWidth: 164,
  lines: () => versions.flatMap((version, i) => [
    line(i, label(version, 'accuracy'), v => percent(v)),
    line(i, '', percent, {width: 0.5, column: label(version, 'accuracy') + ' low'}),
    line(i, '', percent, {width: 0.5, column: label(version, 'accuracy') + ' high'}),
  ]),
  bands: () => versions.map((version, i) => [3 * i + 3, 3 * i + 2]),
});

const coverage = new Chart('coverage-chart', {
  height: 170,
  unit: 'labelled predictions, %',
  tick: inPercent,
  range: () => [0, 1.02],
  lines: () => versions.map((version, i) => line(i, label(version, 'coverage'), v => percent(v, 1))),
});

const delay = new Chart('delay-chart', {
  height: 170,
  unit: 'time from image to label',
  tick: duration,
  range: (low, high) => [0, Math.max(100, high * 1.1)],
  lines: () => versions.map((version, i) => line(i, label(version, 'median'), duration)),
});

const versionOf = figures => figures.modelName + '/' + figures.modelVersion;
const keyOf = figures => versionOf(figures) + '/' + figures.window;
const known = () => [...new Set([...latest.values()].map(versionOf))].sort();

/** The shown model version, <name>/<version>: the selected one if it is known, else the one in service; null if there is none yet. */
export const model = () => known().includes(view.shown().version) ? view.shown().version : inService;

const figuresOf = version => [...latest.values()].filter(one => versionOf(one) === version)
    .sort((a, b) => seconds(a.window) - seconds(b.window));

/** The name of the selected window; of the shortest one if none is selected or the selected one is unknown. */
export function selectedWindow() {
  const all = figuresOf(model());
  return (all.find(one => one.window === view.shown().window) ?? all[0])?.window ?? '1m';
}

/** The figures of the selected window of the shown model version; null if there are none yet. */
export const figures = () => latest.get(model() + '/' + selectedWindow()) ?? null;

/** The figures of the last minute of the shown version; null if there are none. */
export const lastMinute = () => figuresOf(model()).find(one => seconds(one.window) === 60) ?? null;

/** The points of the shortest window of the shown version: [at, accuracy, low, high, coverage, delay], with nulls for gaps. */
export function points() {
  const table = tableOf(model(), figuresOf(model())[0]?.window, 1, 2, 3, 4, 5);
  return table[0].map((at, i) => [1000 * at, ...table.slice(1).map(column => column[i])]);
}

const longest = at => now / 1000 - at > RECENT_SECONDS ? Math.max(LONGEST_SECONDS, 2.5 * spacing) : LONGEST_SECONDS;

/** The times in seconds, then these columns of the points, with nulls where nothing was published. */
function tableOf(version, window, ...columns) {
  const points = lines[version + '/' + window] ?? [];
  return withGaps([points.map(point => point[0] / 1000), ...columns.map(column => points.map(point => point[column]))], longest);
}

/** The figures of a model version in the selected window; null if there are none. */
export const figuresIn = version => latest.get(version + '/' + selectedWindow()) ?? null;

/** The versions that have figures. */
export const knownVersions = known;

export function load(history) {
  lines = history.accuracy;
  spacing = (history.spacingMillis ?? 0) / 1000;
  latest.clear();
  history.latest.forEach(one => latest.set(keyOf(one), one));
}

export function update(state) {
  now = state.now;
  inService = state.model;
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

export function show() {
  showVersions();
  segments(byId('spans'), SPANS, view.shown().zoom ? null : view.span(), span => view.choose({span, zoom: null}));
  byId('zoom-reset').hidden = !view.shown().zoom;
  const f = figures();
  if (!f) {
    setText(byId('accuracy-note'), 'No accuracy has been published yet: there are no predictions, or the scoring topology is not running.');
    return;
  }
  setText(byId('model'), `${f.modelName} ${f.modelVersion}`);
  segments(byId('windows'), figuresOf(model()).map(one => [one.window, windowName(one.window)]), f.window, window => view.choose({window}));

  const shown = Object.keys(lines).filter(key => key.endsWith('/' + f.window)).map(key => key.slice(0, key.lastIndexOf('/')));
  const sameVersions = shown.length === versions.length && shown.every((version, i) => version === versions[i]);
  versions = shown;
  if (!sameVersions) {
    [chart, coverage, delay].forEach(one => one.forget());
  }
  const table = (...columns) => join(shown.map(version => tableOf(version, f.window, ...columns)));
  if (shown.length) {
    chart.show(table(1, 2, 3));
    coverage.show(table(4));
    delay.show(table(5));
  }

  setText(byId('accuracy-note'), `${f.window === 'all' ? 'Since the start' : 'Last ' + windowName(f.window)}: ${count(f.labelled)} of ${count(f.predicted)} predictions have a label `
      + `(coverage ${percent(f.coverage, 1)}). ${count(f.pending)} await one, ${count(f.expired)} expired without one, ${count(f.duplicates)} were duplicates. `
      + `Published ${clock(f.computedAt)}.`);
}

/** Offers a selection if there is more than one version. */
function showVersions() {
  const select = byId('version');
  byId('versions').hidden = known().length < 2;
  const options = ['', ...known()];
  if (options.length !== select.options.length || options.some((version, i) => version !== select.options[i].value)) {
    select.replaceChildren(...options.map(version => element('option', {value: version}, version || 'in service')));
  }
  select.value = known().includes(view.shown().version) ? view.shown().version : '';
}

byId('version').addEventListener('change', event => view.choose({version: event.target.value}));
byId('zoom-reset').addEventListener('click', view.resetZoom);
byId('zoom-in').addEventListener('click', () => view.zoomBy(0.5));
byId('zoom-out').addEventListener('click', () => view.zoomBy(2));
byId('zoom-earlier').addEventListener('click', () => view.shift(-0.5));
byId('zoom-later').addEventListener('click', () => view.shift(0.5));
