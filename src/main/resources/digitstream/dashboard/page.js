// Helpers for all parts of the page: elements, numbers, colours, requests.

export const byId = id => document.getElementById(id);

/** Creates an element with properties and children. */
export function element(name, properties = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (key in made) {
      made[key] = value;
    } else {
      made.setAttribute(key, value);
    }
  }
  made.append(...children);
  return made;
}

/** The value of a colour in the style sheet, by its name without the dashes. */
export const colour = name => getComputedStyle(document.documentElement).getPropertyValue('--' + name).trim();

const whole = new Intl.NumberFormat('en', {maximumFractionDigits: 0});

/** Formats a number; a dash for null. */
export const count = value => value == null ? '–' : whole.format(value);

/** Formats a ratio from 0 to 1 as a percentage; a dash for null. */
export const percent = (value, digits = 2) => value == null ? '–' : (100 * value).toFixed(digits) + ' %';

/** Formats a duration; a dash for null. */
export function duration(millis) {
  if (millis == null) {
    return '–';
  }
  if (millis < 1000) {
    return Math.round(millis) + ' ms';
  }
  return millis < 120_000 ? (millis / 1000).toFixed(1) + ' s' : Math.round(millis / 60_000) + ' min';
}

const day = new Intl.DateTimeFormat('sv-SE', {dateStyle: 'short'});
const time = new Intl.DateTimeFormat('en-GB', {timeStyle: 'medium'});
const minute = new Intl.DateTimeFormat('en-GB', {timeStyle: 'short'});
const zoned = new Intl.DateTimeFormat('en-GB', {hour: '2-digit', timeZoneName: 'short'});

/** The name of this browser's time zone at a time, such as "UTC" or "CET". */
export const zone = millis => !isTime(millis) ? '' : zoned.formatToParts(millis).find(part => part.type === 'timeZoneName').value;

/** The last millisecond that a Date can hold, before and after 1970 (ECMA-262, 21.4.1.1). */
const MAX_MILLIS = 8.64e15;

/** Whether a number is a time: producers may write any number as one. */
export const isTime = millis => Math.abs(millis) <= MAX_MILLIS;

/** A time in ISO 8601; empty if it is none. */
export const iso = millis => isTime(millis) ? new Date(millis).toISOString() : '';

/** Formats a time of day with its zone; with the date unless it is today. */
export const clock = millis => !isTime(millis) ? 'an unknown time' : `${day.format(millis) === day.format(Date.now()) ? '' : day.format(millis) + ' '}${time.format(millis)} ${zone(millis)}`;

/** Formats a time for an axis whose marks are this many seconds apart; the axis names the zone. */
export const tick = (millis, seconds) => !isTime(millis) ? '' : seconds >= 86_400 ? day.format(millis) : (seconds < 60 ? time : minute).format(millis);

const TIMEOUT_MILLIS = 20_000;

/**
 * Sends a request to the dashboard's server: POST with a body, else GET. Throws an Error with a one-line message for the user.
 * @param path relative to the page, which may be below a path of a proxy
 */
export async function ask(path, body) {
  const post = body === undefined ? {} : {method: 'POST', headers: {'Content-Type': 'application/json'}, body: JSON.stringify(body)};
  const response = await fetch(path, {...post, signal: AbortSignal.timeout(TIMEOUT_MILLIS)})
      .catch(() => { throw new Error('the dashboard\'s server does not respond'); });
  if (!response.ok) {
    const answer = await response.json().catch(() => ({}));
    throw new Error(answer.error ?? `the dashboard's server responded with status ${response.status}`);
  }
  return response.status === 204 ? null : response.json();
}

/**
 * Draws a vertical bar for each value.
 * @param describe describes a bar in words, for its tooltip and for screen readers
 * @param expected the expected value of each bar, drawn as a mark across it; null for no marks
 * @param above the text above each bar
 */
export function bars(into, values, labels, describe, expected = null, above = () => '') {
  const max = Math.max(...values, ...expected ?? [], Number.MIN_VALUE);
  while (into.children.length < values.length) {
    into.append(element('div', {}, element('u'), element('small'), element('i'), element('span')));
  }
  values.forEach((value, i) => {
    const bar = into.children[i];
    bar.title = describe(value, i);
    const [mark, head, column, foot] = bar.children;
    column.style.height = Math.round(68 * value / max) + 'px';
    mark.hidden = !expected;
    mark.style.bottom = expected ? `calc(1.5em + ${Math.round(68 * expected[i] / max)}px)` : '';
    head.textContent = above(value);
    foot.textContent = labels[i];
  });
  into.setAttribute('role', 'img');
  into.setAttribute('aria-label', values.map(describe).join('; '));
}

/** Shows small figures: [name, figure, text below]. Creates them at the first call, then updates them. */
export function tiles(into, figures) {
  while (into.children.length < figures.length) {
    into.append(element('div', {}, element('span'), element('b'), element('span')));
  }
  figures.forEach(([name, figure, below], i) => {
    const [head, value, foot] = into.children[i].children;
    head.textContent = name;
    value.textContent = figure;
    foot.textContent = below ?? '';
  });
}

/** Sets the text of an element if it differs: screen readers announce every assignment to a status. */
export function setText(node, text) {
  if (node.textContent !== text) {
    node.textContent = text;
  }
}

/** Tells a text to screen readers. */
export const say = text => setText(byId('spoken'), text);

/**
 * Shows a choice as a row of buttons, and keeps those that are there: a replaced button would lose the focus.
 * @param options [value, text] of each
 * @param choose called with the chosen value
 */
export function segments(into, options, chosen, choose) {
  const same = into.children.length === options.length && options.every(([value], i) => into.children[i].dataset.value === String(value));
  if (!same) {
    into.replaceChildren(...options.map(([value, text]) => {
      const button = element('button', {type: 'button'}, text);
      button.dataset.value = value;
      button.addEventListener('click', () => choose(value));
      return button;
    }));
  }
  options.forEach(([value], i) => into.children[i].setAttribute('aria-pressed', String(value === chosen)));
}
