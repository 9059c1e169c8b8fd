// Rates, latency, batches and lag, second by second.
import {byId, count, duration, setText} from './page.js';
import {Chart, line, withGaps} from './charts.js';

const RECENT_SECONDS = 900;
const LONGEST_SECONDS = 5;
const AHEAD_MILLIS = 100;
let seconds = [];
let spacing = 0;
let historyMillis = Infinity;

const upTo = least => (low, high) => [0, Math.max(least, high * 1.1)];

const rates = new Chart('traffic-chart', {
  height: 190, unit: 'images per second', tick: count, range: upTo(10),
  lines: () => [line(0, 'out', v => count(v)), line(1, 'in', v => count(v))],
});

const latency = new Chart('latency-chart', {
  height: 190, unit: 'time from image to prediction', tick: duration, range: upTo(10),
  lines: () => [line(0, 'p50', duration), line(2, 'p95', duration), line(1, 'p99', duration)],
});

const queues = new Chart('lag-chart', {
  height: 190, unit: 'records', tick: count, range: upTo(10),
  lines: () => [line(0, 'lag', count), line(1, 'scoring', count)],
});

const batches = new Chart('batch-chart', {
  height: 170, unit: 'images', tick: count, range: upTo(4),
  lines: () => [line(0, 'mean', count)],
});

export const all = () => seconds;

export function load(history) {
  seconds = history.seconds;
  spacing = (history.spacingMillis ?? 0) / 1000;
  historyMillis = history.historyMillis ?? 1000 * RECENT_SECONDS;
}

export function update(state) {
  const now = state.second;
  if (now && (!seconds.length || seconds[seconds.length - 1].at < now.at)) {
    seconds.push(now);
    while (seconds[0].at < now.at - historyMillis) {
      seconds.shift();
    }
  }
  // Older seconds are kept in larger distances.
  const longest = at => state.now / 1000 - at > RECENT_SECONDS ? Math.max(LONGEST_SECONDS, 2.5 * spacing) : LONGEST_SECONDS;
  const table = (...names) => withGaps([seconds.map(s => s.at / 1000), ...names.map(name => seconds.map(s => s[name]))], longest);
  rates.show(table('out', 'in'));
  latency.show(table('p50', 'p95', 'p99'));
  queues.show(table('lag', 'scoringLag'));
  batches.show(table('batchSize'));
  const ahead = Math.max(...seconds.slice(-60).map(s => s.ahead ?? 0), 0);
  setText(byId('clocks'), ahead < AHEAD_MILLIS
      ? '' : `Clocks differ: event times were up to ${duration(ahead)} ahead of this dashboard's clock. Latencies are too low by up to as much.`);
  setText(byId('sample'), state.oneIn > 1
      ? `High load: latency, batch size, prediction mix and mistakes come from a sample of one image in ${state.oneIn}. Rates and accuracy cover all images.` : '');
  setText(byId('lag'), byPartition('By partition', state.lag) + byPartition('Scoring', state.scoringLag));
}

function byPartition(what, lag) {
  const each = Object.entries(lag).map(([partition, records]) => `${partition}: ${count(records)}`);
  return each.length ? `${what}: ${each.join(', ')}. ` : '';
}
