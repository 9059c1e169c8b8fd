// Marks of events on the charts: outages as bands, starts and changes of the verdict as vertical lines.
import {colour} from './page.js';
import {SIGNS} from './verdict.js';

const LEVELS = {ok: 'green', warning: 'orange', critical: 'red'};
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
      context.fillStyle = colour('outage');
      context.fillRect(at(event.from), top, x - at(event.from), height);
      continue;
    }
    if (x < left || x > left + width) {
      continue;
    }
    const start = event.kind === 'model' || event.kind === 'start';
    context.strokeStyle = context.fillStyle = colour(start ? 'soft' : LEVELS[event.level] ?? 'soft');
    context.setLineDash(event.kind === 'model' ? [] : [4 * devicePixelRatio, 4 * devicePixelRatio]);
    context.beginPath();
    context.moveTo(x, top);
    context.lineTo(x, top + height);
    context.stroke();
    const text = event.kind === 'model' ? event.mark : event.kind === 'start' ? 'restart' : SIGNS[event.level] ?? '';
    if (labelled && text && x + 3 * devicePixelRatio >= writtenTo) {
      context.fillText(text, x + 3 * devicePixelRatio, top - 5 * devicePixelRatio);
      writtenTo = x + 8 * devicePixelRatio + context.measureText(text).width;
    }
  }
  context.restore();
}
