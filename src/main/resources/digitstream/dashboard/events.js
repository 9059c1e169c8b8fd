// What happened: starts, changes of the model and of the verdict, outages. A list, and marks on the charts.
import {byId, clock, element, iso} from './page.js';
import {setEvents} from './marks.js';
import {SIGNS} from './verdict.js';
import * as view from './view.js';

const MAX_EVENTS = 200;
/** Seconds that are shown before and after an event. */
const AROUND_SECONDS = 120;
const KIND_SIGNS = {start: '↻', model: '◆', dashboard: '▸', brokers: '⌁', gap: '⌁'};

let events = [];
let shown = '';

export function load(history) {
  events = history.events ?? [];
  show();
}

export function update(state) {
  // An outage is the same event while it lasts and when it has ended.
  const all = new Map([...events, ...(state.events ?? [])].map(event => [event.id, event]));
  events = [...all.values()].sort((a, b) => a.at - b.at).slice(-MAX_EVENTS);
  show();
}

function show() {
  setEvents(events);
  const key = events.map(event => event.id + event.text).join();
  if (key === shown && byId('events').children.length) {
    return;
  }
  shown = key;
  byId('events').replaceChildren(...events.length ? [...events].reverse().map(item) : [element('li', {className: 'none'}, 'None yet.')]);
}

function item(event) {
  const sign = event.kind === 'verdict' ? SIGNS[event.level] : KIND_SIGNS[event.kind];
  const button = element('button', {type: 'button', title: 'Show these times on the charts'},
      element('span', {className: 'sign', 'aria-hidden': 'true'}, sign), element('span', {}, event.text),
      element('time', {dateTime: iso(event.ongoing ? event.from : event.at)}, event.ongoing ? `since ${clock(event.from)}` : clock(event.at)));
  button.addEventListener('click', () => {
    const last = events.find(one => one.id === event.id) ?? event;
    view.zoom((last.from ?? last.at) / 1000 - AROUND_SECONDS, last.at / 1000 + AROUND_SECONDS);
  });
  return element('li', {className: event.level ?? (event.ongoing ? 'ongoing' : '')}, button);
}
