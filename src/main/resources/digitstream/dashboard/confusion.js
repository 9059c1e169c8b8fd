// The confusion matrix, figures per digit, and calibration.
import {byId, count, element, percent} from './page.js';
import {exportButtons} from './export.js';
import * as mistakes from './mistakes.js';
import * as reliability from './reliability.js';
import * as view from './view.js';

export {showMistakes} from './mistakes.js';

const DIGITS = [...Array(10).keys()];
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
    reliability.show(figures);
    mistakes.update(figures);
    mark();
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

const select = cell => view.choose({cell});

let marked = null;

/** Marks the cell that the URL names, and shows its pictures. */
function mark() {
  const {cell} = view.shown();
  const key = cell && `${cell.actual}-${cell.predicted}`;
  if (key === marked || !byId('confusion').rows.length) {
    return;
  }
  // A link opens a page at its top, and not at the pictures.
  const opening = marked === null && !byId('confusion').contains(document.activeElement);
  marked = key;
  byId('confusion').querySelectorAll('td[aria-selected="true"]').forEach(other => other.setAttribute('aria-selected', 'false'));
  if (cell) {
    byId('confusion').querySelectorAll('td[tabindex="0"]').forEach(other => other.tabIndex = -1);
    cellAt(cell).tabIndex = 0;
    cellAt(cell).setAttribute('aria-selected', 'true');
  }
  mistakes.select(cell, !opening);
}

view.onChange(mark);

byId('mistakes-all').addEventListener('click', () => select(null));

/** What is exported of the figures, with their version and window in the title; null before the first. */
const exported = (name, title, columns, rows) => shown && {
  name, title: `${title}, ${shown.modelName} ${shown.modelVersion}, ${mistakes.during(shown.window)}`, columns, rows: rows(shown)};

exportButtons(byId('confusion').parentElement, () => exported('confusion', 'Confusion matrix', ['actual \\ predicted', ...DIGITS.map(String)],
    figures => DIGITS.map(actual => [actual, ...figures.confusion.slice(10 * actual, 10 * actual + 10)])), 'confusion matrix');
exportButtons(byId('classes').parentElement, () => exported('digits', 'Figures per digit', ['digit', 'labelled', 'precision', 'recall', 'f1'],
    figures => figures.classes.map((one, digit) => [digit, one.support, ...[one.precision, one.recall, one.f1].map(rounded)])), 'figures per digit');
reliability.exportable(() => shown && {figures: shown, ...exported('calibration', 'Calibration',
    ['confidence to', 'labelled', 'correct', 'mean confidence', 'accuracy'],
    figures => figures.confidenceBins.map((bin, i, all) => [rounded((i + 1) / all.length), bin.count, bin.correct,
      ...[bin.confidenceSum, bin.correct].map(sum => bin.count ? rounded(sum / bin.count) : null)]))});

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
