// Marks of events on the charts: outages as bands, starts and changes of the verdict as vertical lines.
import {colour} from './page.js';
import {SIGNS} from './verdict.js';

const LEVELS = {ok: 'green', warning: 'orange', critical: 'red'};
const NAMES = ['soft', 'outage', ...Object.values(LEVELS)];
let events = [];

/** Sets the events that all charts mark, oldest first. */
export const setEvents = all => { events = all; };

/**
 * Draws the marks on a plot.
 * @param labelled whether to write what they mean; a text without room is left out, its line is drawn all the same
 */
export function markEvents(plot, labelled) {
  const context = plot.ctx;
  const {left, top, width, height} = plot.bbox;
  // Once for all events: each look-up makes the browser compute styles.
  const colours = Object.fromEntries(NAMES.map(name => [name, colour(name)]));
  const at = millis => plot.valToPos(millis / 1000, 'x', true);
  context.save();
  context.beginPath();
  context.rect(left, 0, width, top + height);
  context.clip();
  context.font = `${Math.round(11 * devicePixelRatio)}px system-ui, sans-serif`;
  context.textAlign = 'left';
  context.lineWidth = devicePixelRatio;
  let writtenTo = left;
  for (const event of events) {
    const x = at(event.at);
    if (event.from != null) {
      context.fillStyle = colours.outage;
      context.fillRect(at(event.from), top, x - at(event.from), height);
      continue;
    }
    // The charts begin where the dashboard started.
    if (x < left || x > left + width || event.kind === 'dashboard') {
      continue;
    }
    const start = event.kind === 'model' || event.kind === 'start';
    context.strokeStyle = context.fillStyle = colours[!start && LEVELS[event.level] || 'soft'];
    context.setLineDash(event.kind === 'model' ? [] : [4 * devicePixelRatio, 4 * devicePixelRatio]);
    context.beginPath();
    context.moveTo(x, top);
    context.lineTo(x, top + height);
    context.stroke();
    const text = event.kind === 'model' ? event.mark.slice(event.mark.indexOf('/') + 1) : event.kind === 'start' ? 'restart' : SIGNS[event.level] ?? '';
    const wide = context.measureText(text).width;
    const from = x + wide <= left + width ? x - devicePixelRatio : x - wide;
    if (labelled && text && from >= writtenTo) {
      context.fillText(text, from, top - 5 * devicePixelRatio);
      writtenTo = from + wide + 6 * devicePixelRatio;
    }
  }
  context.restore();
}
