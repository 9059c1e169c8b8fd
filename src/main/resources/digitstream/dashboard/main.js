// The page: receives the state from the server once a second, and shows when it is stale.
import {ask, byId, clock, duration, setText} from './page.js';
import {recolour} from './charts.js';
import * as accuracy from './accuracy.js';
import * as compare from './compare.js';
import * as confusion from './confusion.js';
import * as empty from './empty.js';
import * as events from './events.js';
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
const HIDDEN_MILLIS = 30_000;

let source = null;
let state = null;
let receivedAt = 0;
let connectedAt = 0;
let loadedAt = 0;
let predictingSince = 0;
let loading = false;
let waitingText = 'connecting …';
let hiding = null;

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
    setTimeout(connect, FULL_RETRY_MILLIS);
  });
  source.addEventListener('error', () => {
    if (source?.readyState === EventSource.CLOSED) {
      setTimeout(connect, RETRY_MILLIS);
    }
  });
}

/**
 * Reconnects. If one connection is dead, so are the idle ones that the browser keeps, and it would try them one by one. Each of
 * these requests takes one of them and closes it when it times out.
 */
async function reconnect() {
  disconnect();
  await Promise.allSettled(Array.from({length: CONNECTIONS}, () =>
      fetch('health/live', {cache: 'no-store', signal: AbortSignal.timeout(STALE_MILLIS)})));
  if (!document.hidden) {
    connect();
  }
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

function setStatus(kind, text) {
  // Without fresh figures, nobody knows how the stream does.
  const judged = state && loadedAt && kind !== 'stale' || state?.kafka.away ? state.verdict : null;
  verdict.show(judged);
  tiles.judge(judged);
  const status = byId('status');
  setText(status, text);
  status.className = kind;
  document.body.classList.toggle('stale', kind === 'stale');
}

/** Shows whether the figures are current, and why not. */
function updateStatus() {
  const now = Date.now();
  if (source && now - Math.max(receivedAt, connectedAt) > DEAD_MILLIS) {
    reconnect();
  }
  if (receivedAt && now - receivedAt > STALE_MILLIS) {
    setStatus('stale', `no response from the dashboard's server; figures from ${clock(receivedAt)}`);
  } else if (!state || !loadedAt) {
    setStatus('waiting', waitingText);
  } else if (state.failed) {
    setStatus('stale', 'the dashboard has failed; see its log');
  } else if (state.kafka.away) {
    setStatus('stale', `Kafka has not responded since ${clock(state.kafka.faultSince)}; figures from then`);
  } else if (state.lastPrediction < 0) {
    setStatus('idle', 'live; no predictions yet');
  } else if (state.now - state.lastPrediction > IDLE_MILLIS) {
    const minutes = Math.floor((state.now - state.lastPrediction) / 60_000);
    setStatus('idle', `live; no predictions since ${clock(state.lastPrediction)}` + (minutes ? ` (${duration(minutes * 60_000)})` : ''));
  } else if (now - predictingSince > UNSCORED_MILLIS && state.now - state.lastFigures > UNSCORED_MILLIS) {
    setStatus('idle', state.lastFigures < 0
        ? 'live; no accuracy published yet: is the scoring topology running?'
        : `live; no accuracy published since ${clock(state.lastFigures)}: is the scoring topology running?`);
  } else if (state.kafka.fault) {
    setStatus('idle', `live; the lag is unknown: ${state.kafka.fault}`);
  } else {
    setStatus('live', 'live');
  }
}

view.onChange(() => {
  if (state && loadedAt) {
    accuracy.show();
    showFigures();
  }
});

// A hidden page disconnects: it neither burdens the server nor holds one of the browser's few connections to it.
document.addEventListener('visibilitychange', () => {
  clearTimeout(hiding);
  if (document.hidden) {
    hiding = setTimeout(disconnect, HIDDEN_MILLIS);
  } else if (!source) {
    connect();
  }
});

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
