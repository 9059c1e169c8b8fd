// The page: takes what the server tells once a second, and says when that is old.
import {ask, byId, clock, duration} from './page.js';
import {recolour} from './charts.js';
import * as accuracy from './accuracy.js';
import * as traffic from './traffic.js';
import * as confusion from './confusion.js';
import './draw.js';

const STALE_MILLIS = 4_000;
const IDLE_MILLIS = 10_000;
const UNSCORED_MILLIS = 15_000;
const AGAIN_MILLIS = 2_000;
// A connection that is open and silent for so long is made anew: its other end may be gone without a word.
const DEAD_MILLIS = 15_000;
// As many as browsers open to one server.
const CONNECTIONS = 6;
const FULL_MILLIS = 60_000;
// The server keeps the past in bounds; what the page adds to it is given up for the server's from time to time.
const PAST_MILLIS = 300_000;
const HIDDEN_MILLIS = 30_000;

let events = null;
let state = null;
let heardAt = 0;
let connectedAt = 0;
let begunAt = 0;
let predictsSince = 0;
let reading = false;
let wait = 'connecting …';
let hiding = null;

function connect() {
  disconnect();
  connectedAt = Date.now();
  events = new EventSource('/api/events');
  events.addEventListener('open', () => {
    wait = 'reading the past …';
    begunAt = 0;
    readPast();
  });
  events.addEventListener('state', event => {
    state = JSON.parse(event.data);
    heardAt = Date.now();
    if (state.lastPrediction >= 0 && !predictsSince) {
      predictsSince = heardAt;
    }
    if (begunAt && heardAt - begunAt > PAST_MILLIS) {
      readPast();
    }
    show();
  });
  events.addEventListener('full', () => {
    disconnect();
    heardAt = 0;
    wait = 'too many pages are open here; it is tried again in a minute';
    setTimeout(connect, FULL_MILLIS);
  });
  events.addEventListener('error', () => {
    if (events?.readyState === EventSource.CLOSED) {
      setTimeout(connect, AGAIN_MILLIS);
    }
  });
}

/**
 * Where one connection is dead, so are those that the browser keeps for later, and it would try them one by one: each of these
 * questions takes one of them, and ends it.
 */
async function connectAnew() {
  disconnect();
  await Promise.allSettled(Array.from({length: CONNECTIONS}, () =>
      fetch('/health/live', {cache: 'no-store', signal: AbortSignal.timeout(STALE_MILLIS)})));
  if (!document.hidden) {
    connect();
  }
}

function disconnect() {
  events?.close();
  events = null;
  state = null;
}

/** The past comes anew with each connection: the server may have been away, or be another. */
async function readPast() {
  if (reading) {
    return;
  }
  reading = true;
  try {
    const history = await ask('/api/history');
    accuracy.begin(history);
    traffic.begin(history);
    begunAt = Date.now();
  } catch (error) {
    wait = error.message;
    if (events) {
      setTimeout(readPast, AGAIN_MILLIS);
    }
  } finally {
    reading = false;
  }
  show();
}

function show() {
  if (state && begunAt) {
    accuracy.update(state);
    traffic.update(state);
    showFigures();
    confusion.showMistakes(state.mistakes, state.images);
  }
  judge();
}

function showFigures() {
  const figures = accuracy.figures();
  confusion.show(figures);
  traffic.showMix(state.mixes, accuracy.model(), figures?.accuracy);
}

function say(kind, text) {
  const status = byId('status');
  // Unchanged words are not said again to those who listen to the page.
  if (status.textContent !== text) {
    status.textContent = text;
  }
  status.className = kind;
  document.body.classList.toggle('stale', kind === 'stale');
}

/** Says whether what is shown is true now. */
function judge() {
  const now = Date.now();
  if (events && now - Math.max(heardAt, connectedAt) > DEAD_MILLIS) {
    connectAnew();
  }
  if (heardAt && now - heardAt > STALE_MILLIS) {
    say('stale', `no word from the dashboard's server; figures of ${clock(heardAt)}`);
  } else if (!state || !begunAt) {
    say('waiting', wait);
  } else if (state.failed) {
    say('stale', 'the dashboard has failed; its log says more');
  } else if (state.kafka.away) {
    say('stale', `Kafka does not answer since ${clock(state.kafka.faultSince)}; figures of then`);
  } else if (state.lastPrediction < 0) {
    say('idle', 'live; no predictions yet');
  } else if (state.now - state.lastPrediction > IDLE_MILLIS) {
    const minutes = Math.floor((state.now - state.lastPrediction) / 60_000);
    say('idle', `live; no predictions since ${clock(state.lastPrediction)}` + (minutes ? ` (${duration(minutes * 60_000)})` : ''));
  } else if (now - predictsSince > UNSCORED_MILLIS && state.now - state.lastFigures > UNSCORED_MILLIS) {
    say('idle', state.lastFigures < 0
        ? 'live; no accuracy is published: is scoring at work?'
        : `live; no accuracy is published since ${clock(state.lastFigures)}: is scoring at work?`);
  } else if (state.kafka.fault) {
    say('idle', `live; the lag is unknown: ${state.kafka.fault}`);
  } else {
    say('live', 'live');
  }
}

document.addEventListener('figures-chosen', () => state && showFigures());

// A page that nobody sees takes nothing from the server, nor one of the browser's few connections to it.
document.addEventListener('visibilitychange', () => {
  clearTimeout(hiding);
  if (document.hidden) {
    hiding = setTimeout(disconnect, HIDDEN_MILLIS);
  } else if (!events) {
    connect();
  }
});

const THEME = 'digitstream-theme';
const root = document.documentElement;
try {
  root.dataset.theme = localStorage.getItem(THEME) ?? '';
} catch {
  // Without storage the choice lasts as long as the page.
}
byId('theme').addEventListener('click', () => {
  const dark = root.dataset.theme ? root.dataset.theme === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches;
  root.dataset.theme = dark ? 'light' : 'dark';
  try {
    localStorage.setItem(THEME, root.dataset.theme);
  } catch {
    // As above.
  }
  recolour();
});
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', recolour);

setInterval(judge, 1_000);
connect();
