// What is shown: the window of the figures, the model version, and the times on the charts. Kept in the URL, so that a link shows
// the same to a colleague.
const DEFAULT_SPAN_SECONDS = 600;
/** Unless a span was chosen, charts begin with the first figures, so that a new stream fills them, but are at least this long. */
const LEAST_SPAN_SECONDS = 120;
const MIN_ZOOM_SECONDS = 5;
const CHANGED = 'view-changed';

const YEAR_SECONDS = 366 * 86_400;

/** Whether charts can show these times, in seconds since 1970: neither too short to show anything nor absurd. */
const isRange = (start, end) => start >= 0 && end - start >= MIN_ZOOM_SECONDS && end <= Date.now() / 1000 + YEAR_SECONDS;

const given = new URLSearchParams(location.search);
const seconds = name => Date.parse(given.get(name) ?? '') / 1000;
const isSpan = span => span >= MIN_ZOOM_SECONDS && span <= YEAR_SECONDS;

/** Reads a cell of the confusion matrix, "5-3"; null if it is none. */
function cellOf(text) {
  const found = /^([0-9])-([0-9])$/.exec(text ?? '');
  return found && {actual: Number(found[1]), predicted: Number(found[2])};
}

const choice = {
  /** The name of the window, such as "1m"; empty for the shortest that there is. */
  window: given.get('window') ?? '',
  /** The model version, <name>/<version>; empty for the one in service. */
  version: given.get('version') ?? '',
  /** The version that it is compared with; empty for the last one. */
  compared: given.get('compare') ?? '',
  /** The selected cell of the confusion matrix, {actual, predicted}; null for all digits. */
  cell: cellOf(given.get('cell')),
  /** Seconds up to now that the charts show; null for the last ten minutes, or less if there is less. */
  span: isSpan(Number(given.get('span'))) ? Number(given.get('span')) : null,
  /** [start, end] in seconds since 1970 of a zoom; null for the span. */
  zoom: isRange(seconds('from'), seconds('to')) ? [seconds('from'), seconds('to')] : null,
};

let now = Date.now();
let first = 0;

export const shown = () => choice;

/** Chooses, for example {window: '10m'}, and tells the page. */
export function choose(change) {
  Object.assign(choice, change);
  const url = new URLSearchParams();
  const put = (name, value) => value && url.set(name, value);
  put('window', choice.window);
  put('version', choice.version);
  put('compare', choice.compared);
  put('cell', choice.cell && `${choice.cell.actual}-${choice.cell.predicted}`);
  put('span', choice.span);
  if (choice.zoom) {
    url.set('from', new Date(1000 * choice.zoom[0]).toISOString());
    url.set('to', new Date(1000 * choice.zoom[1]).toISOString());
  }
  // Slashes and colons are legal in a query, and people read it.
  const query = url.toString().replaceAll('%2F', '/').replaceAll('%3A', ':');
  history.replaceState(null, '', query ? '?' + query : location.pathname);
  document.dispatchEvent(new Event(CHANGED));
}

export const onChange = listener => document.addEventListener(CHANGED, listener);

/** Zooms all charts to these times, in seconds; ignores times that charts cannot show. */
export const zoom = (start, end) => isRange(start, end) && choose({zoom: [start, end]});

/** Shows a part of the present times, or more than them: 0.5 for half of them. The present stays in view unless it was not. */
export function zoomBy(factor) {
  const [start, end] = times();
  const length = factor * (end - start);
  const middle = (start + end) / 2;
  const last = choice.zoom ? Math.min(middle + length / 2, Math.max(end, now / 1000)) : end;
  zoom(last - length, last);
}

/** Moves the shown times by a share of their length: −0.5 for half of it earlier. Not beyond the present. */
export function shift(share) {
  const [start, end] = times();
  const by = Math.min(share * (end - start), Math.max(0, now / 1000 - end));
  if (by) {
    zoom(start + by, end + by);
  }
}

export const resetZoom = () => choose({zoom: null});

/** Sets the server's time, in milliseconds since 1970. */
export const setNow = millis => { now = millis; };

/** Sets the time of the first figures, in milliseconds since 1970. */
export const setFirst = millis => { first = millis; };

/** The chosen span in seconds. */
export const span = () => choice.span ?? DEFAULT_SPAN_SECONDS;

/** When charts begin that end now, both in milliseconds since 1970. */
export const start = (end, since) =>
  Math.max(end - 1000 * DEFAULT_SPAN_SECONDS, Math.min(since, end - 1000 * LEAST_SPAN_SECONDS));

/** The limits of the time axis of all charts, in seconds. */
export const times = () =>
  choice.zoom ?? [choice.span ? now / 1000 - choice.span : start(now, first) / 1000, now / 1000];
