// Pictures of mistakes, beside the confusion matrix: those of the selected cell, or the latest of all digits.
import {ask, byId, clock, count, element, percent, say, setText} from './page.js';
import {copy} from './copy.js';
import {load} from './pictures.js';

const ORDERS = {
  latest: (a, b) => b.at - a.at,
  confident: (a, b) => b.confidence - a.confidence,
  unsure: (a, b) => a.confidence - b.confidence,
};

let cell = null;
let figures = null;
let latest = [];
let searched = 0;
let shown = [];

const plural = (n, one, more) => `${count(n)} ${n === 1 ? one : more}`;

/** "31 images of a 5 predicted as 3" */
export const sentence = (n, actual, predicted) =>
    `${plural(n, 'image', 'images')} of ${actual === 8 ? 'an' : 'a'} ${actual} predicted as ${predicted}`;

/** "in the last 10m" */
export const during = window => window === 'all' ? 'since the start' : 'in the last ' + window;

/** Shows new figures of the selected window and version. */
export function update(next) {
  const other = figures && (figures.window !== next.window || figures.modelVersion !== next.modelVersion);
  figures = next;
  describe();
  if (other) {
    refresh();
  }
}

/**
 * Selects a cell of the matrix, {actual, predicted}; null for all digits.
 * @param scroll whether to bring the pictures into view: on a phone, they are below the matrix
 */
export async function select(next, scroll) {
  cell = next;
  byId('mistakes-all').hidden = !cell;
  byId('mistakes-copied').textContent = '';
  describe();
  // Only when it is selected: the count goes on to change.
  say(byId('mistakes-what').textContent);
  await refresh();
  if (cell && scroll) {
    byId('mistakes-what').scrollIntoView({block: 'nearest'});
  }
}

/**
 * @param mistakes the latest of all cells; shown if no cell is selected
 * @param images number of images that were searched for mistakes
 */
export function showMistakes(mistakes, images) {
  latest = mistakes;
  searched = images;
  refresh();
}

const order = () => byId('mistakes-order').value;

byId('mistakes-order').addEventListener('change', refresh);

async function refresh() {
  const requested = cell;
  const requestedOrder = order();
  try {
    const found = requested
        ? (await ask(`api/mistakes/${requested.actual}/${requested.predicted}`)).filter(isOfFigures)
        : requestedOrder === 'latest' ? latest : await ask('api/mistakes?order=' + requestedOrder);
    if (requested === cell && requestedOrder === order()) {
      draw([...found].sort(ORDERS[requestedOrder]));
      describe();
    }
  } catch (error) {
    byId('mistakes-note').textContent = 'The mistakes cannot be loaded: ' + error.message;
  }
}

/** Whether a mistake is counted in the shown figures: the same version and window. The server leaves out drawn digits that are not scored. */
const isOfFigures = mistake => !figures || mistake.model === `${figures.modelName}/${figures.modelVersion}`
    && (!figures.windowStart || mistake.at >= Date.parse(figures.windowStart));

function describe() {
  if (!cell) {
    setText(byId('mistakes-what'), 'Mistakes of all digits');
    setText(byId('mistakes-note'), shown.length
        ? order() === 'latest' ? `The latest ${count(shown.length)}.` : `${count(shown.length)} of those that this dashboard knows.`
        : `No mistakes among the last ${count(searched)} images that this dashboard examined.`);
    return;
  }
  const n = figures?.confusion[10 * cell.actual + cell.predicted] ?? 0;
  setText(byId('mistakes-what'), sentence(n, cell.actual, cell.predicted));
  setText(byId('mistakes-note'), (figures ? during(figures.window).replace(/^./, first => first.toUpperCase()) + '. ' : '')
      + (cell.actual === cell.predicted ? 'These are correct; pictures are kept of mistakes only.'
          : shown.length >= n ? '' : shown.length ? `The latest ${count(shown.length)} are shown.`
              : 'None of them is among the images that this dashboard knows.'));
}

function draw(mistakes) {
  shown = mistakes;
  byId('mistakes-copy').disabled = !shown.length;
  byId('mistakes-copy').textContent = `Copy ${plural(shown.length, 'id', 'ids')}`;
  const list = byId('mistakes');
  const known = new Map([...list.children].map(item => [item.dataset.key, item]));
  // Only what changes is moved, so that the focus stays on its button.
  mistakes.forEach((mistake, i) => {
    const next = known.get(keyOf(mistake)) ?? item(mistake);
    known.delete(keyOf(mistake));
    describeItem(next, mistake);
    if (list.children[i] !== next) {
      list.insertBefore(next, list.children[i] ?? null);
    }
  });
  known.forEach(gone => gone.remove());
}

/** What identifies a mistake: the image in its topic, for ids may be used again, and who predicted what for which label. */
const keyOf = ({imageId, partition, offset, model, actual, predicted}) =>
    JSON.stringify([imageId, partition, offset, model, actual, predicted]);

function item(mistake) {
  const picture = element('img', {
    'data-url': `api/images/${mistake.partition}/${mistake.offset}?id=${encodeURIComponent(mistake.imageId)}`,
    alt: `Image of digit ${mistake.actual}`, width: 84, height: 84,
    title: `${mistake.imageId}, ${clock(mistake.at)}, model ${mistake.model}, partition ${mistake.partition}, offset ${mistake.offset}`});
  load(picture);
  const id = element('button', {type: 'button', className: 'id', 'aria-label': 'Copy the id ' + mistake.imageId, title: 'Copy ' + mistake.imageId}, mistake.imageId);
  id.addEventListener('click', () => copied([mistake.imageId]));
  return element('li', {'data-id': mistake.imageId, 'data-key': keyOf(mistake)}, picture,
      element('span', {}, `actual ${mistake.actual}, predicted `, element('b', {}, mistake.predicted)), element('br'),
      element('span', {className: 'sure'}), id);
}

/** Writes what may change about a mistake: the same image may be classified again. */
const describeItem = (item, mistake) => setText(item.querySelector('.sure'), `${percent(mistake.confidence, 0)} sure` + (mistake.drawn ? ', drawn' : ''));

async function copied(ids) {
  const done = await copy(ids.join('\n'));
  byId('mistakes-copied').textContent = !done ? 'The browser refuses to copy.'
      : ids.length === 1 ? `Copied ${ids[0]}.` : `Copied ${count(ids.length)} ids.`;
}

byId('mistakes-copy').addEventListener('click', () => copied(shown.map(mistake => mistake.imageId)));
