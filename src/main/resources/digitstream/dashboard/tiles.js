// The figures of the first screen, each with a line of the last ten minutes and the level of the verdict that concerns it.
import {byId, clock, count, duration, percent, setText} from './page.js';
import {noteOf} from './mix.js';
import {spark} from './spark.js';
import {NAMES, SIGNS} from './verdict.js';

const STALE_MILLIS = 15_000;
const MINUTE_SECONDS = 60;
/** One slow second is no trouble, so the tile shows the median of a few seconds, which the verdict judges, too. */
const LATENCY_SECONDS = 10;
/** The tiles that scoring publishes. */
const MEASURED = ['accuracy', 'coverage'];

/** Whether the published figures are those of the past. */
let outdated = false;

/**
 * Shows the tiles.
 * @param state from the server
 * @param figures of the selected window; null if there are none
 * @param mix the predictions of the same window; null if they are not kept for so long
 * @param points of the accuracy of the shortest window over time
 * @param seconds the traffic of each second
 * @param model the shown model version
 */
export function show(state, figures, mix, points, seconds, model) {
  const now = state.now;
  const last = seconds[seconds.length - 1];
  const minute = seconds.filter(second => second.at > now - 1000 * MINUTE_SECONDS);
  const mean = name => {
    const values = minute.map(second => second[name]).filter(value => value != null);
    return values.length ? values.reduce((a, b) => a + b) / values.length : null;
  };
  const median = name => {
    const values = seconds.slice(-LATENCY_SECONDS).map(second => second[name]).filter(value => value != null).sort((a, b) => a - b);
    return values[values.length >> 1] ?? null;
  };
  const of = name => seconds.map(second => [second.at, second[name]]);
  outdated = !!figures && now - figures.computedAt > STALE_MILLIS;
  const old = outdated ? `as of ${clock(figures.computedAt)}` : '';
  const letters = Object.entries(state.deadLetters ?? {}).sort((a, b) => b[1] - a[1]);

  fill('accuracy', figures?.accuracy == null ? null : [(100 * figures.accuracy).toFixed(2), '%'],
      old || (figures?.accuracy == null ? 'no labels' : `${(100 * figures.accuracyLow).toFixed(2)} to ${percent(figures.accuracyHigh)}`),
      points.map(point => [point[0], point[1]]), now, 0.005);
  fill('estimate', mix?.estimatedAccuracy == null ? null : [(100 * mix.estimatedAccuracy).toFixed(2), '%'], estimateNote(mix),
      seconds.map(second => [second.at, second.estimates?.[model]]), now, 0.005);
  // The calibration holds only for images like the validation images. The server decides, as it does for the verdict.
  byId('tile-estimate').querySelector('b').classList.toggle('struck', !!mix?.estimateWorthless);
  fill('rate', mean('out') == null ? null : [count(mean('out')), '/s'], `${count(mean('in'))}/s in`, of('out'), now, 1);
  fill('p99', median('p99') == null ? null : measure(median('p99')), `p50 ${duration(median('p50'))}`, of('p99'), now, 10);
  fill('lag', last?.lag == null ? null : [count(last.lag), ''], `scoring ${count(last?.scoringLag)}`, of('lag'), now, 10);
  fill('coverage', figures?.coverage == null ? null : [(100 * figures.coverage).toFixed(1), '%'],
      old || (figures ? `${count(figures.labelled)} of ${count(figures.predicted)}` : ''),
      points.map(point => [point[0], point[4]]), now, 0.05);
  fill('dead', [count(letters.reduce((sum, [, n]) => sum + n, 0)), ''], letters.map(([reason]) => reason).join(', ') || 'in the last minute',
      of('dead'), now, 1);
}

const measure = millis => duration(millis).split(' ');

const estimateNote = mix => mix ? noteOf(mix) : 'not kept for so long';

/** @param figure [number, unit]; null if it is unknown */
function fill(id, figure, below, points, now, least) {
  const tile = byId('tile-' + id);
  const [, big, small, svg] = tile.children;
  big.textContent = figure ? figure[0] : '–';
  if (figure?.[1]) {
    big.append(Object.assign(document.createElement('small'), {textContent: figure[1]}));
  }
  setText(small, below);
  small.title = below;
  spark(svg, points, now, least);
}

/**
 * Marks each tile with what the verdict says about what it shows. A tile that shows another version or window than was judged has no
 * mark.
 * @param marks of each tile, the worst first; null if the verdict is not known
 * @param model the shown model version
 * @param window the name of the shown window
 */
export function judge(marks, model, window) {
  for (const tile of byId('tiles').children) {
    const id = tile.id.replace('tile-', '');
    const mark = marks?.[id]?.find(one => (one.model ?? model) === model && (one.window ?? window) === window
        && !(one.level === 'ok' && outdated && MEASURED.includes(id)));
    const level = !marks ? 'unknown' : mark?.level ?? 'unjudged';
    tile.className = 'tile ' + level;
    tile.title = mark?.text ?? '';
    setText(tile.querySelector('.sign'), SIGNS[level] ?? '');
    setText(tile.querySelector('.level'), level in NAMES ? `${NAMES[level]}:` : '');
  }
}
