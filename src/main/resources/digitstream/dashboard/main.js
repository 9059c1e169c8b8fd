// The page: takes what the server tells once a second, and says when that is old.
import {ask, byId, clock, duration} from './page.js';
import {recolour} from './charts.js';
import * as accuracy from './accuracy.js';
import * as traffic from './traffic.js';
import * as confusion from './confusion.js';
import './draw.js';

const STALE_MILLIS = 4_000;
const IDLE_MILLIS = 10_000;
const AGAIN_MILLIS = 2_000;

let state = null;
let heardAt = 0;
let begun = false;

function connect() {
  const events = new EventSource('/api/events');
  events.addEventListener('open', begin);
  events.addEventListener('state', event => {
    state = JSON.parse(event.data);
    heardAt = Date.now();
    if (begun) {
      show();
    }
  });
  events.addEventListener('full', () => {
    events.close();
    say('stale', 'too many pages are open here');
  });
  events.addEventListener('error', () => {
    if (events.readyState === EventSource.CLOSED) {
      setTimeout(connect, AGAIN_MILLIS);
    }
  });
}

/** The past comes anew with each connection: the server may have been away, or be another. */
async function begin() {
  begun = false;
  try {
    const history = await ask('/api/history');
    accuracy.begin(history);
    traffic.begin(history);
    begun = true;
    show();
  } catch (error) {
    say('stale', error.message);
    setTimeout(begin, AGAIN_MILLIS);
  }
}

function show() {
  if (state) {
    accuracy.update(state);
    traffic.update(state);
    showFigures();
    confusion.showMistakes(state.mistakes);
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
  if (!state) {
    return;
  }
  const silent = Date.now() - heardAt;
  if (silent > STALE_MILLIS) {
    say('stale', `no word from the dashboard's server; figures of ${clock(heardAt)}`);
  } else if (state.kafka.fault) {
    say('stale', `Kafka does not answer since ${clock(state.kafka.faultSince)}; figures of then`);
  } else if (state.lastPrediction < 0) {
    say('idle', 'live; no predictions yet');
  } else if (state.now - state.lastPrediction > IDLE_MILLIS) {
    const minutes = Math.floor((state.now - state.lastPrediction) / 60_000);
    say('idle', `live; no predictions since ${clock(state.lastPrediction)}` + (minutes ? ` (${duration(minutes * 60_000)})` : ''));
  } else {
    say('live', 'live');
  }
}

document.addEventListener('window-chosen', () => state && showFigures());

byId('theme').addEventListener('click', () => {
  const root = document.documentElement;
  const dark = root.dataset.theme ? root.dataset.theme === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches;
  root.dataset.theme = dark ? 'light' : 'dark';
  recolour();
});
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', recolour);

setInterval(judge, 1_000);
connect();
