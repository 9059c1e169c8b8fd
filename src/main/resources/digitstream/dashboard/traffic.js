// Rates, latency, batches, lag, and the prediction mix before labels arrive.
import {bars, byId, count, duration, percent, tiles} from './page.js';
import {Chart, line} from './charts.js';

const SECONDS = 900;
const AHEAD_MILLIS = 100;
let seconds = [];

const rates = new Chart('traffic-chart', 190, axis => ({
  scales: {y: {range: (plot, low, high) => [0, Math.max(10, high * 1.1)]}},
  axes: [axis, {...axis, size: 60}],
  series: [{}, line('in', 'orange', v => count(v) + '/s'), line('out', 'blue', v => count(v) + '/s')],
}));

const latency = new Chart('latency-chart', 190, axis => ({
  scales: {y: {range: (plot, low, high) => [0, Math.max(10, high * 1.1)]}},
  axes: [axis, {...axis, size: 60, values: (plot, ticks) => ticks.map(tick => duration(tick))}],
  series: [{}, line('p50', 'blue', duration), line('p95', 'green', duration), line('p99', 'orange', duration)],
}));

const queues = new Chart('batch-chart', 190, axis => ({
  scales: {y: {range: (plot, low, high) => [0, Math.max(10, high * 1.1)]}, batch: {range: (plot, low, high) => [0, Math.max(4, high * 1.1)]}},
  axes: [axis, {...axis, size: 60}, {...axis, size: 45, scale: 'batch', side: 1, grid: {show: false}}],
  series: [{}, line('lag (left)', 'orange', count), line('scoring lag (left)', 'green', count),
    line('batch size (right)', 'blue', count, {scale: 'batch'})],
}));

export function load(history) {
  seconds = history.seconds;
}

export function update(state) {
  const now = state.second;
  if (now && (!seconds.length || seconds[seconds.length - 1].at < now.at)) {
    seconds.push(now);
    seconds.splice(0, Math.max(0, seconds.length - SECONDS));
  }
  const at = seconds.map(second => second.at / 1000);
  rates.show([at, seconds.map(s => s.in), seconds.map(s => s.out)]);
  latency.show([at, seconds.map(s => s.p50), seconds.map(s => s.p95), seconds.map(s => s.p99)]);
  tiles(byId('traffic-tiles'), [
    ['Images in', now?.in == null ? '–' : count(now.in), 'per second'],
    ['Predictions out', count(now?.out), 'per second'],
  ]);
  tiles(byId('latency-tiles'), [
    ['p50', duration(now?.p50), 'median'],
    ['p95', duration(now?.p95), ''],
    ['p99', duration(now?.p99), ''],
  ]);
  queues.show([at, seconds.map(s => s.lag), seconds.map(s => s.scoringLag), seconds.map(s => s.batchSize)]);
  tiles(byId('batch-tiles'), [
    ['Batch size', count(now?.batchSize), 'images, mean over images'],
    ['Lag', count(now?.lag), 'images to classify'],
    ['Scoring lag', count(now?.scoringLag), 'predictions and labels to score'],
  ]);
  const ahead = Math.max(...seconds.slice(-60).map(s => s.ahead ?? 0), 0);
  byId('clocks').textContent = ahead < AHEAD_MILLIS
      ? '' : `Clocks differ: event times were up to ${duration(ahead)} ahead of this dashboard's clock. Latencies are too low by up to as much.`;
  byId('sample').textContent = state.oneIn > 1
      ? `High load: latency, batch size, prediction mix and mistakes come from a sample of one image in ${state.oneIn}. Rates and accuracy cover all images.` : '';
  byId('lag').textContent = byPartition('Lag by partition', state.lag) + byPartition('Scoring lag by partition', state.scoringLag);
}

function byPartition(what, lag) {
  const each = Object.entries(lag).map(([partition, records]) => `${partition}: ${count(records)}`);
  return each.length ? `${what}: ${each.join(', ')}. ` : '';
}

const DRIFT = 0.1;
const LARGE_DRIFT = 0.25;

/**
 * @param mixes by model version
 * @param model the shown model version
 * @param measured the measured accuracy in the selected window, shown next to the estimate
 */
export function showMix(mixes, model, measured) {
  const mix = mixes[model] ?? {count: 0, classes: Array(10).fill(0), confidence: Array(15).fill(0)};
  const base = mix.baseline;
  tiles(byId('mix-tiles'), [
    ['Estimated accuracy', percent(mix.estimatedAccuracy), mix.estimatedAccuracy == null ? 'needs a calibrated model' : 'mean calibrated confidence'],
    ['Measured accuracy', percent(measured), 'in the selected window'],
    ['Digit drift', psi(mix.classDrift), rated(mix.classDrift)],
    ['Confidence drift', psi(mix.confidenceDrift), rated(mix.confidenceDrift)],
  ]);
  byId('estimate').textContent = note(mix, base);
  const width = 100 / mix.confidence.length;
  const expected = counts => base && mix.count ? counts.map(n => n / base.images * mix.count) : null;
  bars(byId('mix-classes'), mix.classes, mix.classes.map((n, digit) => digit),
      (n, digit) => `${digit}: ${count(n)} predictions` + (base ? `, expected ${count(base.classes[digit] / base.images * mix.count)}` : ''),
      expected(base?.classes ?? []));
  bars(byId('mix-confidence'), mix.confidence, mix.confidence.map((n, i) => i % 3 === 2 ? Math.round((i + 1) * width) : ''),
      (n, i) => `${Math.round(i * width)} to ${Math.round((i + 1) * width)} %: ${count(n)} predictions`
          + (base ? `, expected ${count(base.confidence[i] / base.images * mix.count)}` : ''),
      expected(base?.confidence ?? []));
}

const psi = value => value == null ? '–' : value.toFixed(3);

const rated = value => value == null ? 'population stability index'
    : value < DRIFT ? 'PSI: small' : value < LARGE_DRIFT ? 'PSI: moderate' : 'PSI: large';

function note(mix, base) {
  if (!mix.count) {
    return 'No predictions by this model version in the last minute.';
  }
  const summary = `${count(mix.count)} predictions in the last minute, mean confidence ${percent(mix.meanConfidence)}.`;
  if (!base) {
    return summary + ' The model card has no validation baseline to measure drift against or to calibrate the confidence with.';
  }
  return summary + ` The marks show what to expect from ${count(base.images)} validation images (accuracy ${percent(base.accuracy)}). `
      + (mix.classDrift == null ? 'Drift needs at least 500 predictions.' : `Drift below ${DRIFT} is small; ${LARGE_DRIFT} or more is large.`);
}
