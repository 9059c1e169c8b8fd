// What flows: rates, latency, batches, lag, and what is said before labels come.
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
  series: [{}, line('lag (left)', 'orange', count), line('lag of scoring (left)', 'green', count),
    line('batch size (right)', 'blue', count, {scale: 'batch'})],
}));

export function begin(history) {
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
    ['Images in', now?.in == null ? '–' : count(now.in), 'a second'],
    ['Predictions out', count(now?.out), 'a second'],
  ]);
  tiles(byId('latency-tiles'), [
    ['p50', duration(now?.p50), 'median'],
    ['p95', duration(now?.p95), ''],
    ['p99', duration(now?.p99), ''],
  ]);
  queues.show([at, seconds.map(s => s.lag), seconds.map(s => s.scoringLag), seconds.map(s => s.batchSize)]);
  tiles(byId('batch-tiles'), [
    ['Batch size', count(now?.batchSize), 'images, as an image sees it'],
    ['Lag', count(now?.lag), 'images not classified'],
    ['Lag of scoring', count(now?.scoringLag), 'predictions and labels'],
  ]);
  const ahead = Math.max(...seconds.slice(-60).map(s => s.ahead ?? 0), 0);
  byId('clocks').textContent = ahead < AHEAD_MILLIS
      ? '' : `Clocks differ: some images' event times were up to ${duration(ahead)} ahead of this dashboard's. Latency is short by as much.`;
  // Said where figures come from a sample.
  byId('sample').textContent = state.oneIn > 1
      ? `Under load one image in ${state.oneIn} is looked into: latency, batch size, mix and mistakes are of those. Rates and accuracy are of all.` : '';
  byId('lag').textContent = byPartition('Lag by partition', state.lag) + byPartition('Of scoring', state.scoringLag);
}

function byPartition(what, lag) {
  const each = Object.entries(lag).map(([partition, records]) => `${partition}: ${count(records)}`);
  return each.length ? `${what}: ${each.join(', ')}. ` : '';
}

const DRIFT = 0.1;
const MUCH_DRIFT = 0.25;

/**
 * @param mixes by model version
 * @param model the one whose figures are shown
 * @param measured the accuracy of the chosen window, to stand beside the estimate
 */
export function showMix(mixes, model, measured) {
  const mix = mixes[model] ?? {count: 0, classes: Array(10).fill(0), confidence: Array(15).fill(0)};
  const base = mix.baseline;
  tiles(byId('mix-tiles'), [
    ['Estimated accuracy', percent(mix.estimatedAccuracy), mix.estimatedAccuracy == null ? 'needs a calibrated model' : 'an estimate: mean calibrated confidence'],
    ['Measured accuracy', percent(measured), 'of the chosen window\'s labels'],
    ['Drift of the digits', psi(mix.classDrift), judged(mix.classDrift)],
    ['Drift of the confidence', psi(mix.confidenceDrift), judged(mix.confidenceDrift)],
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

const judged = value => value == null ? 'population stability index'
    : value < DRIFT ? 'PSI; little' : value < MUCH_DRIFT ? 'PSI; some' : 'PSI; much';

function note(mix, base) {
  if (!mix.count) {
    return 'No predictions of this model version in the last minute.';
  }
  const seen = `The last minute\'s ${count(mix.count)} predictions, with a mean confidence of ${percent(mix.meanConfidence)}`;
  if (!base) {
    return seen + '. The model\'s card has no validation baseline to compare them with, nor to calibrate the confidence by.';
  }
  return seen + `; the marks are what ${count(base.images)} validation images lead to expect (accuracy on them ${percent(base.accuracy)}). `
      + (mix.classDrift == null ? 'Drift is told from 500 predictions on.' : `Drift: under ${DRIFT} is little, from ${MUCH_DRIFT} on much.`);
}
