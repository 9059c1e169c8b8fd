// The page: receives the state from the server once a second, and shows when it is stale.
import {ask, byId, clock, setText} from './page.js';
import {recolour} from './charts.js';
import * as accuracy from './accuracy.js';
import * as compare from './compare.js';
import * as confusion from './confusion.js';
import * as empty from './empty.js';
import * as events from './events.js';
import * as hidden from './hidden.js';
import * as mix from './mix.js';
import * as tiles from './tiles.js';
import * as traffic from './traffic.js';
import * as verdict from './verdict.js';
import * as view from './view.js';
import {explain} from './terms.js';
import {setReadOnly} from './draw.js';

const STALE_MILLIS = 4_000;
const IDLE_MILLIS = 10_000;
const UNSCORED_MILLIS = 15_000;
const RETRY_MILLIS = 2_000;
// An open connection that is silent for this long is replaced: the other end may be gone without having closed it.
const DEAD_MILLIS = 15_000;
// The number of connections that browsers open to one server.
const CONNECTIONS = 6;
const FULL_RETRY_MILLIS = 60_000;
// The server bounds its history; the page's copy only grows. So the page reloads it from time to time.
const RELOAD_MILLIS = 300_000;

let source = null;
let state = null;
let receivedAt = 0;
let connectedAt = 0;
let loadedAt = 0;
let predictingSince = 0;
let loading = false;
let waitingText = 'connecting …';
/** The verdict that is shown. */
let judged = null;

function connect() {
  disconnect();
  connectedAt = Date.now();
  source = new EventSource('api/events');
  source.addEventListener('open', () => {
    waitingText = 'loading history …';
    loadedAt = 0;
    loadHistory();
  });
  source.addEventListener('state', event => {
    state = JSON.parse(event.data);
    hidden.forget();
    setReadOnly(state.readOnly);
    receivedAt = Date.now();
    if (state.lastPrediction >= 0 && !predictingSince) {
      predictingSince = receivedAt;
    }
    if (loadedAt && receivedAt - loadedAt > RELOAD_MILLIS) {
      loadHistory();
    }
    show();
  });
  source.addEventListener('full', () => {
    disconnect();
    receivedAt = 0;
    waitingText = 'too many pages of this dashboard are open; retrying in a minute';
    setTimeout(retry, FULL_RETRY_MILLIS);
  });
  source.addEventListener('error', () => {
    if (source?.readyState === EventSource.CLOSED) {
      setTimeout(retry, RETRY_MILLIS);
    }
  });
}

/** Connects unless the page has been hidden since, which connects when it is shown. */
function retry() {
  if (!hidden.isWatching()) {
    connect();
  }
}

/**
 * Reconnects. If one connection is dead, so are the idle ones that the browser keeps, and it would try them one by one. Each of
 * these requests takes one of them and closes it when it times out.
 */
async function reconnect() {
  disconnect();
  await Promise.allSettled(Array.from({length: CONNECTIONS}, () =>
      fetch('health/live', {cache: 'no-store', signal: AbortSignal.timeout(STALE_MILLIS)})));
  retry();
}

function disconnect() {
  source?.close();
  source = null;
  state = null;
}

/** Loads the history; again for each connection, because the server may have been unavailable or replaced. */
async function loadHistory() {
  if (loading) {
    return;
  }
  loading = true;
  try {
    const history = await ask('api/history');
    [accuracy, traffic, events, empty].forEach(part => part.load(history));
    loadedAt = Date.now();
  } catch (error) {
    waitingText = error.message;
    if (source) {
      setTimeout(loadHistory, RETRY_MILLIS);
    }
  } finally {
    loading = false;
  }
  show();
}

function show() {
  if (state && loadedAt) {
    view.setNow(state.now);
    [events, accuracy, traffic, empty].forEach(part => part.update(state));
    view.setFirst(Math.min(accuracy.points()[0]?.[0] ?? state.now, traffic.all()[0]?.at ?? state.now));
    showFigures();
    confusion.showMistakes(state.mistakes, state.images);
  }
  updateStatus();
}

function showFigures() {
  const figures = accuracy.figures();
  const model = accuracy.model();
  confusion.show(figures);
  compare.show(figures);
  mix.show(state.mixes[model], accuracy.lastMinute()?.accuracy);
  tiles.show(state, figures, mixOf(accuracy.selectedWindow(), model), accuracy.points(), traffic.all(), model);
}

/** The predictions of a window; null if the server does not keep them for so long. */
function mixOf(window, model) {
  const mixes = state.windowMixes[window] ?? (accuracy.figures() ? null : state.mixes);
  return mixes && (mixes[model] ?? {count: 0});
}

/** @param holding the verdict; null if nobody knows how the stream does, because the figures are not fresh */
function setStatus(kind, text, holding) {
  judged = holding;
  verdict.show(judged);
  tiles.judge(judged && state?.tiles, accuracy.model(), accuracy.selectedWindow());
  const status = byId('status');
  setText(status, text);
  status.className = kind;
  document.body.classList.toggle('stale', kind === 'stale');
}

/** Shows whether the figures are current, and why not. */
function updateStatus() {
  const now = Date.now();
  if (hidden.isWatching()) {
    setStatus('waiting', 'not updated while hidden', hidden.verdict());
    return;
  }
  if (source && now - Math.max(receivedAt, connectedAt) > DEAD_MILLIS) {
    reconnect();
  }
  if (receivedAt && now - receivedAt > STALE_MILLIS) {
    setStatus('stale', `no response from the dashboard's server; figures from ${clock(receivedAt)}`, null);
  } else if (!state || !loadedAt) {
    // The verdict of a page that is visible again holds until the stream has sent another, or should have.
    setStatus('waiting', waitingText, state?.verdict ?? (now - connectedAt < STALE_MILLIS ? hidden.verdict() : null));
  } else if (state.failed) {
    setStatus('stale', 'the dashboard has failed; see its log', null);
  } else if (state.kafka.away) {
    setStatus('stale', `Kafka has not responded since ${clock(state.kafka.faultSince)}; figures from then`, state.verdict);
  } else {
    setStatus(...streamStatus(now), state.verdict);
  }
}

/** What the stream does, [kind, text], while server and brokers respond. */
function streamStatus(now) {
  if (state.lastPrediction < 0) {
    return ['idle', 'live; no predictions yet'];
  }
  if (state.now - state.lastPrediction > IDLE_MILLIS) {
    return ['idle', `live; no predictions since ${clock(state.lastPrediction)}`];
  }
  if (now - predictingSince > UNSCORED_MILLIS && state.now - state.lastFigures > UNSCORED_MILLIS) {
    return ['idle', state.lastFigures < 0
        ? 'live; no accuracy published yet: is the scoring topology running?'
        : `live; no accuracy published since ${clock(state.lastFigures)}: is the scoring topology running?`];
  }
  return state.kafka.fault ? ['idle', `live; the lag is unknown: ${state.kafka.fault}`] : ['live', 'live'];
}

view.onChange(() => {
  if (state && loadedAt) {
    accuracy.show();
    showFigures();
    updateStatus();
  }
});

hidden.watch(() => {
  const last = judged;
  disconnect();
  receivedAt = 0;
  return last;
}, connect, updateStatus);

const THEME = 'digitstream-theme';
const root = document.documentElement;
byId('theme').addEventListener('click', () => {
  const dark = root.dataset.theme ? root.dataset.theme === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches;
  root.dataset.theme = dark ? 'light' : 'dark';
  try {
    localStorage.setItem(THEME, root.dataset.theme);
  } catch {
    // Without storage, the choice lasts until the page is closed.
  }
  recolour();
});
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', recolour);

explain(document);
setInterval(updateStatus, 1_000);
connect();
