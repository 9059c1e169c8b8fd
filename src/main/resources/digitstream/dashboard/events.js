// What happened: starts, changes of the model and of the verdict, outages. A list, and marks on the charts.
import {byId, clock, element} from './page.js';
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
  const known = new Set(events.map(event => event.id));
  events = [...events, ...(state.events ?? []).filter(event => !known.has(event.id))].sort((a, b) => a.at - b.at).slice(-MAX_EVENTS);
  show();
}

function show() {
  setEvents(events);
  const key = events.map(event => event.id).join();
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
      element('time', {dateTime: new Date(event.at).toISOString()}, clock(event.at)));
  button.addEventListener('click', () => view.zoom((event.from ?? event.at) / 1000 - AROUND_SECONDS, event.at / 1000 + AROUND_SECONDS));
  return element('li', {className: event.level ?? ''}, button);
}
