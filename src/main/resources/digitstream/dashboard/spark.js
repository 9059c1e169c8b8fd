// A line without axes in a tile: the last ten minutes or what there is, whatever the charts show.
import {start} from './view.js';

const HEIGHT = 30;
const MARGIN = 3;

/**
 * Draws a line into the svg of a tile. A null breaks it.
 * @param points [milliseconds since 1970, value] of each, oldest first
 * @param now milliseconds since 1970
 * @param least the least height of the value axis, so that noise does not look like a change
 */
export function spark(svg, points, now, least) {
  const from = start(now, points[0]?.[0] ?? now);
  const shown = points.filter(([at]) => at >= from);
  const values = shown.map(([, value]) => value).filter(value => value != null);
  const [area, line] = svg.children;
  if (!values.length) {
    area.setAttribute('d', '');
    line.setAttribute('d', '');
    return;
  }
  const low = Math.min(...values);
  const high = Math.max(...values, low + least);
  const x = at => (100 * (at - from) / (now - from)).toFixed(2);
  const y = value => (HEIGHT - MARGIN - (HEIGHT - 2 * MARGIN) * (value - low) / (high - low || 1)).toFixed(2);
  const runs = [];
  let run = null;
  for (const [at, value] of shown) {
    if (value == null) {
      run = null;
    } else if (run) {
      run.push([x(at), y(value)]);
    } else {
      runs.push(run = [[x(at), y(value)]]);
    }
  }
  const path = run => 'M' + run.map(([a, b]) => `${a} ${b}`).join('L');
  line.setAttribute('d', runs.map(path).join(''));
  area.setAttribute('d', runs.map(run => `${path(run)}V${HEIGHT}H${run[0][0]}Z`).join(''));
}
