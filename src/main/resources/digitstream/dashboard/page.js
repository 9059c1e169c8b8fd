// What all parts of the page use: elements, numbers, colours, requests.

export const byId = id => document.getElementById(id);

/** An element with properties and children. */
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

/** A colour of the style sheet, by its name without the dashes. */
export const colour = name => getComputedStyle(document.documentElement).getPropertyValue('--' + name).trim();

const whole = new Intl.NumberFormat('en', {maximumFractionDigits: 0});

/** A number, or a dash for none. */
export const count = value => value == null ? '–' : whole.format(value);

/** A share of 0 to 1 in per cent. */
export const percent = (value, digits = 2) => value == null ? '–' : (100 * value).toFixed(digits) + ' %';

export function duration(millis) {
  if (millis == null) {
    return '–';
  }
  if (millis < 1000) {
    return Math.round(millis) + ' ms';
  }
  return millis < 120_000 ? (millis / 1000).toFixed(1) + ' s' : Math.round(millis / 60_000) + ' min';
}

/** A time of day; with its day where that is not today. */
export function clock(millis) {
  const time = new Date(millis);
  return (time.toDateString() === new Date().toDateString() ? '' : time.toLocaleDateString() + ' ') + time.toLocaleTimeString();
}

const PATIENCE_MILLIS = 20_000;

/** Asks the dashboard's server; fails with one line for people. */
export async function ask(path, body) {
  const post = body === undefined ? {} : {method: 'POST', headers: {'Content-Type': 'application/json'}, body: JSON.stringify(body)};
  const response = await fetch(path, {...post, signal: AbortSignal.timeout(PATIENCE_MILLIS)})
      .catch(() => { throw new Error('the dashboard\'s server does not answer'); });
  if (!response.ok) {
    const answer = await response.json().catch(() => ({}));
    throw new Error(answer.error ?? `the dashboard's server answers with status ${response.status}`);
  }
  return response.status === 204 ? null : response.json();
}

/**
 * Vertical bars, one for each of some values.
 * @param describe says a bar in words: to a mouse that rests on it, and to those who listen to the page
 * @param expected what each is expected to be, as a mark across the bar; null for no marks
 * @param above what stands above each bar, if anything
 */
export function bars(into, values, labels, describe, expected = null, above = () => '') {
  const most = Math.max(...values, ...expected ?? [], Number.MIN_VALUE);
  while (into.children.length < values.length) {
    into.append(element('div', {}, element('u'), element('small'), element('i'), element('span')));
  }
  values.forEach((value, i) => {
    const bar = into.children[i];
    bar.title = describe(value, i);
    const [mark, head, column, foot] = bar.children;
    column.style.height = Math.round(68 * value / most) + 'px';
    mark.hidden = !expected;
    mark.style.bottom = expected ? `calc(1.5em + ${Math.round(68 * expected[i] / most)}px)` : '';
    head.textContent = above(value);
    foot.textContent = labels[i];
  });
  into.setAttribute('role', 'img');
  into.setAttribute('aria-label', values.map(describe).join('; '));
}

/** Tiles with a name, a figure and a word below; made once, then changed. */
export function tiles(into, figures) {
  while (into.children.length < figures.length) {
    into.append(element('div', {className: 'tile'}, element('span'), element('b'), element('span')));
  }
  figures.forEach(([name, figure, below], i) => {
    const [head, value, foot] = into.children[i].children;
    head.textContent = name;
    value.textContent = figure;
    foot.textContent = below ?? '';
  });
}
