// What is shown: the window of the figures, the model version, and the times on the charts. Kept in the URL, so that a link shows
// the same to a colleague.
const DEFAULT_SPAN_SECONDS = 600;
const MIN_ZOOM_SECONDS = 5;
const CHANGED = 'view-changed';

const given = new URLSearchParams(location.search);
const millis = name => Date.parse(given.get(name) ?? '');

const choice = {
  /** The name of the window, such as "1m"; empty for the shortest that there is. */
  window: given.get('window') ?? '',
  /** The model version, <name>/<version>; empty for the one in service. */
  version: given.get('version') ?? '',
  /** Seconds up to now that the charts show. */
  span: Number(given.get('span')) > 0 ? Number(given.get('span')) : DEFAULT_SPAN_SECONDS,
  /** [start, end] in seconds since 1970 of a zoom; null for the span. */
  zoom: millis('from') < millis('to') ? [millis('from') / 1000, millis('to') / 1000] : null,
};

let now = Date.now();

export const shown = () => choice;

/** Chooses, for example {window: '10m'}, and tells the page. */
export function choose(change) {
  Object.assign(choice, change);
  const url = new URLSearchParams();
  const put = (name, value) => value && url.set(name, value);
  put('window', choice.window);
  put('version', choice.version);
  put('span', choice.span !== DEFAULT_SPAN_SECONDS && choice.span);
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

/** Zooms all charts to these times, in seconds; ignores a zoom that is too short to show anything. */
export const zoom = (start, end) => end - start >= MIN_ZOOM_SECONDS && choose({zoom: [start, end]});

export const resetZoom = () => choose({zoom: null});

/** Sets the server's time, in milliseconds since 1970. */
export const setNow = millis => { now = millis; };

/** The limits of the time axis of all charts, in seconds. */
export const times = () => choice.zoom ?? [now / 1000 - choice.span, now / 1000];
