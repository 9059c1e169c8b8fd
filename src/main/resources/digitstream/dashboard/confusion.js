// The confusion matrix, figures per digit, and calibration.
import {byId, colour, count, element, percent} from './page.js';
import {exportButtons} from './export.js';
import * as mistakes from './mistakes.js';

export {showMistakes} from './mistakes.js';

const DIGITS = [...Array(10).keys()];
const SVG = 'http://www.w3.org/2000/svg';
// How to move from the focused cell, as in a grid of the ARIA Authoring Practices.
const MOVES = {
  ArrowLeft: at => ({...at, predicted: at.predicted - 1}), ArrowRight: at => ({...at, predicted: at.predicted + 1}),
  ArrowUp: at => ({...at, actual: at.actual - 1}), ArrowDown: at => ({...at, actual: at.actual + 1}),
  Home: (at, control) => ({actual: control ? 0 : at.actual, predicted: 0}),
  End: (at, control) => ({actual: control ? 9 : at.actual, predicted: 9}),
};
const limit = digit => Math.max(0, Math.min(9, digit));
let shown = null;

export function show(figures) {
  if (figures) {
    shown = figures;
    showConfusion(figures.confusion);
    showClasses(figures.classes);
    showReliability(figures);
    mistakes.update(figures);
  }
}

const cellAt = ({actual, predicted}) => byId('confusion').tBodies[0].rows[actual].cells[predicted + 1];

function showConfusion(counts) {
  const table = byId('confusion');
  if (!table.rows.length) {
    create(table);
  }
  const most = Math.max(1, ...counts.filter((n, i) => Math.floor(i / 10) !== i % 10));
  for (const actual of DIGITS) {
    for (const predicted of DIGITS) {
      const n = counts[10 * actual + predicted];
      const cell = cellAt({actual, predicted});
      // Short and without separators, to fit; the tooltip has the exact count.
      cell.textContent = n === 0 ? '·' : short(n);
      cell.title = mistakes.sentence(n, actual, predicted);
      cell.setAttribute('aria-label', cell.title);
      cell.style.setProperty('--share', n === 0 ? 0 : actual === predicted ? 0.12 : 0.15 + 0.4 * n / most);
    }
  }
}

const short = n => n < 100_000 ? String(n) : Math.round(n / 1000) + 'k';

function create(table) {
  table.append(element('thead', {}, element('tr', {}, element('th', {scope: 'col'}, 'actual \\ predicted'), ...DIGITS.map(d => element('th', {scope: 'col'}, d)))));
  table.append(element('tbody', {}, ...DIGITS.map(actual => element('tr', {}, element('th', {scope: 'row'}, actual),
      ...DIGITS.map(predicted => cellOf(actual, predicted))))));
  table.addEventListener('keydown', event => {
    const at = event.target.closest('td')?.dataset;
    if (!at || event.altKey || event.metaKey) {
      return;
    }
    const from = {actual: Number(at.actual), predicted: Number(at.predicted)};
    if (event.key in MOVES) {
      const to = MOVES[event.key](from, event.ctrlKey);
      focus({actual: limit(to.actual), predicted: limit(to.predicted)});
    } else if (event.key === 'Enter' || event.key === ' ') {
      select(from);
    } else if (event.key === 'Escape') {
      select(null);
    } else {
      return;
    }
    event.preventDefault();
  });
}

function cellOf(actual, predicted) {
  const cell = element('td', {
    className: actual === predicted ? 'right' : 'mistake', tabIndex: actual + predicted === 0 ? 0 : -1, 'aria-selected': 'false',
    'data-actual': actual, 'data-predicted': predicted});
  cell.addEventListener('click', () => {
    focus({actual, predicted});
    select({actual, predicted});
  });
  return cell;
}

/** Focuses a cell, which becomes the only one in the order of tabs. */
function focus(at) {
  byId('confusion').querySelectorAll('td[tabindex="0"]').forEach(cell => cell.tabIndex = -1);
  cellAt(at).tabIndex = 0;
  cellAt(at).focus();
}

function select(at) {
  byId('confusion').querySelectorAll('td[aria-selected="true"]').forEach(cell => cell.setAttribute('aria-selected', 'false'));
  if (at) {
    cellAt(at).setAttribute('aria-selected', 'true');
  }
  mistakes.select(at);
}

byId('mistakes-all').addEventListener('click', () => select(null));

/** What is exported of the figures, with their version and window in the title; null before the first. */
const exported = (name, title, columns, rows) => shown && {
  name, title: `${title}, ${shown.modelName} ${shown.modelVersion}, ${mistakes.during(shown.window)}`, columns, rows: rows(shown)};

exportButtons(byId('confusion').parentElement, () => exported('confusion', 'Confusion matrix', ['actual \\ predicted', ...DIGITS.map(String)],
    figures => DIGITS.map(actual => [actual, ...figures.confusion.slice(10 * actual, 10 * actual + 10)])), 'confusion matrix');
exportButtons(byId('classes').parentElement, () => exported('digits', 'Figures per digit', ['digit', 'labelled', 'precision', 'recall', 'f1'],
    figures => figures.classes.map((one, digit) => [digit, one.support, ...[one.precision, one.recall, one.f1].map(rounded)])), 'figures per digit');
exportButtons(byId('reliability'), () => exported('calibration', 'Calibration', ['confidence to', 'labelled', 'correct', 'mean confidence', 'accuracy'],
    figures => figures.confidenceBins.map((bin, i, all) => [rounded((i + 1) / all.length), bin.count, bin.correct,
      ...[bin.confidenceSum, bin.correct].map(sum => bin.count ? rounded(sum / bin.count) : null)])), 'calibration');

const rounded = ratio => ratio == null ? null : Number(ratio.toFixed(6));

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
