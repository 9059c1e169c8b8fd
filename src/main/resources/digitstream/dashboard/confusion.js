// The confusion matrix, figures per digit, calibration, and the images of mistakes.
import {ask, byId, clock, colour, count, element, percent} from './page.js';

const DIGITS = [...Array(10).keys()];
const SVG = 'http://www.w3.org/2000/svg';
let cell = null;
let shownMistakes = '';
let latest = [];
let searched = 0;
const PICTURE_RETRY_MILLIS = 3_000;
const MAX_PICTURE_TRIES = 5;

export function show(figures) {
  if (figures) {
    showConfusion(figures.confusion);
    showClasses(figures.classes);
    showReliability(figures);
  }
}

function showConfusion(counts) {
  const table = byId('confusion');
  if (!table.rows.length) {
    table.append(element('thead', {}, element('tr', {}, element('th', {scope: 'col'}, 'actual \\ predicted'), ...DIGITS.map(d => element('th', {scope: 'col'}, d)))));
    table.append(element('tbody', {}, ...DIGITS.map(actual => element('tr', {}, element('th', {scope: 'row'}, actual),
        ...DIGITS.map(predicted => element('td', {}, actual === predicted ? element('span') : cellButton(actual, predicted)))))));
  }
  const body = table.tBodies[0];
  for (const actual of DIGITS) {
    const row = counts.slice(10 * actual, 10 * actual + 10);
    const wrong = Math.max(1, ...row.filter((n, predicted) => predicted !== actual));
    for (const predicted of DIGITS) {
      const inner = body.rows[actual].cells[predicted + 1].firstChild;
      const share = row[predicted] === 0 ? 0 : actual === predicted ? 0.25 : 0.15 + 0.35 * row[predicted] / wrong;
      // Short and without separators, to fit; the tooltip has the exact count.
      inner.textContent = row[predicted] === 0 ? '·' : short(row[predicted]);
      inner.title = count(row[predicted]);
      inner.style.backgroundColor = share === 0 ? 'transparent' : actual === predicted ? `rgba(${colour('heat')}, ${share})` : `rgba(200, 60, 40, ${share})`;
      if (actual !== predicted) {
        inner.setAttribute('aria-label', `${count(row[predicted])} images of digit ${actual} were predicted as ${predicted}`);
        inner.setAttribute('aria-pressed', String(cell?.actual === actual && cell?.predicted === predicted));
      }
    }
  }
}

const short = n => n < 100_000 ? String(n) : Math.round(n / 1000) + 'k';

function cellButton(actual, predicted) {
  const button = element('button', {type: 'button'});
  button.addEventListener('click', () => select({actual, predicted}));
  return button;
}

async function select(next) {
  cell = next;
  byId('mistakes-all').hidden = !cell;
  describeSelection();
  for (const button of byId('confusion').querySelectorAll('button')) {
    button.setAttribute('aria-pressed', 'false');
  }
  if (cell) {
    byId('confusion').tBodies[0].rows[cell.actual].cells[cell.predicted + 1].firstChild.setAttribute('aria-pressed', 'true');
  }
  await refresh();
}

const describeSelection = () => byId('mistakes-what').textContent = cell ? `Actual digit ${cell.actual}, predicted ${cell.predicted}.` : 'All digits.';

byId('mistakes-all').addEventListener('click', () => select(null));

async function refresh() {
  const requested = cell;
  if (!requested) {
    draw(latest);
    return;
  }
  try {
    const mistakes = await ask(`api/mistakes/${requested.actual}/${requested.predicted}`);
    if (requested === cell) {
      draw(mistakes);
      describeSelection();
    }
  } catch (error) {
    byId('mistakes-what').textContent = 'The mistakes cannot be loaded: ' + error.message;
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

function draw(mistakes) {
  const ids = mistakes.length ? mistakes.map(mistake => mistake.imageId).join() : 'none of ' + searched;
  if (ids === shownMistakes && byId('mistakes').children.length) {
    return;
  }
  shownMistakes = ids;
  const list = byId('mistakes');
  const known = new Map([...list.children].map(item => [item.dataset.id, item]));
  list.replaceChildren(...mistakes.map(mistake => known.get(mistake.imageId) ?? item(mistake)));
  if (!mistakes.length) {
    list.append(element('li', {className: 'none'}, `No mistakes among the last ${count(searched)} images that this dashboard examined.`));
  }
}

function item(mistake) {
  const where = `partition ${mistake.partition}, offset ${mistake.offset}`;
  const url = `api/images/${mistake.partition}/${mistake.offset}?id=${encodeURIComponent(mistake.imageId)}`;
  const picture = element('img', {
    src: url, alt: `Image of digit ${mistake.actual}`, width: 84, height: 84, loading: 'lazy',
    title: `${mistake.imageId}, ${clock(mistake.at)}, model ${mistake.modelVersion}, ${where}`});
  let tries = 1;
  picture.addEventListener('error', () => {
    // The brokers or the registry may be unavailable for the moment.
    if (tries++ < MAX_PICTURE_TRIES) {
      setTimeout(() => picture.src = `${url}&try=${tries}`, PICTURE_RETRY_MILLIS);
    }
  });
  const made = element('li', {}, picture,
      element('span', {}, 'predicted ', element('b', {}, mistake.predicted), ` (${percent(mistake.confidence, 0)})`), element('br'),
      `actual ${mistake.actual}`, element('br'), element('small', {title: where}, `${mistake.partition} / ${mistake.offset}`));
  made.dataset.id = mistake.imageId;
  return made;
}

function showClasses(classes) {
  const table = byId('classes');
  if (!table.rows.length) {
    table.append(element('thead', {}, element('tr', {}, ...['digit', 'labelled', 'precision', 'recall', 'F1'].map(name => element('th', {scope: 'col'}, name)))));
    table.append(element('tbody', {}, ...DIGITS.map(digit => element('tr', {}, element('th', {scope: 'row'}, digit), ...Array.from({length: 4}, () => element('td'))))));
  }
  classes.forEach((one, digit) => {
    const cells = table.tBodies[0].rows[digit].cells;
    [count(one.support), percent(one.precision), percent(one.recall), percent(one.f1)].forEach((text, i) => cells[i + 1].textContent = text);
  });
}

function shape(name, attributes) {
  const made = document.createElementNS(SVG, name);
  Object.entries(attributes).forEach(([key, value]) => made.setAttribute(key, value));
  return made;
}

/** Accuracy by confidence. The dots of a perfectly calibrated model lie on the diagonal; a dot's size shows its number of images. */
function showReliability(figures) {
  const svg = shape('svg', {viewBox: '-8 -2 112 112', width: '100%', height: '240'});
  svg.append(shape('rect', {x: 0, y: 0, width: 100, height: 100, fill: 'none', stroke: colour('line'), 'stroke-width': 0.6}));
  svg.append(shape('line', {x1: 0, y1: 100, x2: 100, y2: 0, stroke: colour('soft'), 'stroke-dasharray': '2 2', 'stroke-width': 0.6}));
  const all = Math.max(1, figures.labelled);
  const descriptions = [];
  for (const bin of figures.confidenceBins.filter(bin => bin.count > 0)) {
    const dot = shape('circle', {
      cx: 100 * bin.confidenceSum / bin.count, cy: 100 - 100 * bin.correct / bin.count,
      r: 1.2 + 3 * Math.sqrt(bin.count / all), fill: colour('blue'), 'fill-opacity': 0.75});
    const title = shape('title', {});
    title.textContent = `${count(bin.count)} images: mean confidence ${percent(bin.confidenceSum / bin.count)}, accuracy ${percent(bin.correct / bin.count)}`;
    descriptions.push(title.textContent);
    dot.append(title);
    svg.append(dot);
  }
  for (const [text, x, y] of [['0', -4, 106], ['confidence', 40, 107], ['1', 99, 106], ['accuracy', -6, 60], ['1', -5, 4]]) {
    const label = shape('text', {x, y, 'font-size': 5, fill: colour('soft')});
    if (text === 'accuracy') {
      label.setAttribute('transform', `rotate(-90 ${x} ${y})`);
    }
    label.textContent = text;
    svg.append(label);
  }
  byId('reliability').replaceChildren(svg);
  byId('reliability').setAttribute('aria-label', 'Reliability diagram. ' + descriptions.join('; '));
  byId('calibration').textContent = `Expected calibration error ${percent(figures.expectedCalibrationError)}; `
      + `mean confidence ${percent(figures.meanConfidence)}, accuracy ${percent(figures.accuracy)}.`;
}
