// Two model versions side by side.
import * as accuracy from './accuracy.js';
import {byId, count, element, percent, setText} from './page.js';
import {during} from './mistakes.js';
import {exportButtons} from './export.js';
import * as view from './view.js';

const DIGITS = [...Array(10).keys()];
const FIGURES = [
  ['Accuracy', figures => figures.accuracy],
  ['Coverage', figures => figures.coverage],
  ['Mean confidence', figures => figures.meanConfidence],
  ['Calibration error', figures => figures.expectedCalibrationError],
  ...DIGITS.map(digit => [`F1 of ${digit}`, figures => figures.classes[digit].f1]),
];
let first = null;
let second = null;

/** Shows the figures of the shown version beside those of the selected other one. */
export function show(figures) {
  const shownVersion = accuracy.model();
  const others = accuracy.knownVersions().filter(version => version !== shownVersion);
  byId('compare').hidden = !figures || !others.length;
  if (byId('compare').hidden) {
    return;
  }
  const select = byId('compare-second');
  if ([...select.options].map(option => option.value).join() !== others.join()) {
    select.replaceChildren(...others.map(version => element('option', {value: version}, version)));
  }
  const {compared} = view.shown();
  select.value = others.includes(compared) ? compared : others[others.length - 1];
  first = figures;
  second = accuracy.figuresIn(select.value);
  byId('compare-first').textContent = shownVersion;
  byId('compare-window').textContent = during(figures.window);
  describe();
  if (second) {
    showFigures();
    showConfusion();
  }
}

byId('compare-second').addEventListener('change', event => view.choose({compared: event.target.value}));

const names = () => [first, second].map(figures => figures.modelVersion);

/**
 * The difference of two proportions, second minus first, with its 95 % interval from those of both (Newcombe, Statistics in Medicine
 * 17, 1998, method 10). For the same images it is wider than needed.
 */
function difference() {
  const value = second.accuracy - first.accuracy;
  return {
    value,
    low: value - Math.hypot(second.accuracy - second.accuracyLow, first.accuracyHigh - first.accuracy),
    high: value + Math.hypot(second.accuracyHigh - second.accuracy, first.accuracy - first.accuracyLow),
  };
}

const signed = (ratio, digits = 2) => (ratio > 0 ? '+' : ratio < 0 ? '−' : '±') + (100 * Math.abs(ratio)).toFixed(digits);

function describe() {
  let text;
  if (!second || second.accuracy == null || first.accuracy == null) {
    text = 'One of the versions has no labelled images in this window; choose a longer window.';
  } else {
    const {value, low, high} = difference();
    const [a, b] = names();
    text = (low > 0 ? `${b} is more accurate than ${a}` : high < 0 ? `${b} is less accurate than ${a}`
        : 'The difference in accuracy may be chance')
        + `: ${signed(value)} points, 95 % interval ${signed(low)} to ${signed(high)}.`;
  }
  setText(byId('compare-verdict'), text);
}

/** Sets the texts of a table's cells, row by row; creates the cells at the first call. The first row is the head. */
function fill(table, rows) {
  if (!table.rows.length) {
    const row = (texts, isHead) => element('tr', {}, ...texts.map((text, i) =>
        isHead || i === 0 ? element('th', {scope: isHead ? 'col' : 'row'}) : element('td')));
    table.append(element('thead', {}, row(rows[0], true)), element('tbody', {}, ...rows.slice(1).map(texts => row(texts, false))));
  }
  rows.forEach((texts, i) => texts.forEach((text, j) => table.rows[i].cells[j].textContent = text));
}

const minus = (b, a) => a == null || b == null ? null : b - a;

function showFigures() {
  fill(byId('compare-figures'), [
    ['figure', ...names(), 'difference'],
    ['Labelled images', count(first.labelled), count(second.labelled), ''],
    ...FIGURES.map(([name, of]) => {
      const more = minus(of(second), of(first));
      const text = figures => percent(of(figures))
          + (name === 'Accuracy' && figures.accuracy != null ? ` (${percent(figures.accuracyLow)} to ${percent(figures.accuracyHigh)})` : '');
      return [name, text(first), text(second), more == null ? '–' : signed(more)];
    }),
  ]);
}

/** The share of each cell among the images of its actual digit; null without any. */
const shares = figures => figures.confusion.map((n, i) => {
  const support = figures.classes[Math.floor(i / 10)].support;
  return support ? n / support : null;
});

function differences() {
  const before = shares(first);
  return shares(second).map((share, i) => minus(share, before[i]));
}

function showConfusion() {
  const all = differences();
  const most = Math.max(0.001, ...all.map(Math.abs));
  const table = byId('compare-confusion');
  fill(table, [['actual \\ predicted', ...DIGITS.map(String)],
    ...DIGITS.map(actual => [actual, ...all.slice(10 * actual, 10 * actual + 10).map(more => !more ? '·' : signed(more, 1))])]);
  all.forEach((more, i) => {
    const [actual, predicted] = [Math.floor(i / 10), i % 10];
    const cell = table.rows[actual + 1].cells[predicted + 1];
    // More on the diagonal is better; more beside it is worse.
    cell.className = (more > 0) === (actual === predicted) ? 'better' : 'worse';
    cell.style.setProperty('--share', more ? 0.1 + 0.35 * Math.abs(more) / most : 0);
  });
  const [a, b] = names();
  byId('compare-help').textContent = `${b} minus ${a}. On the diagonal, more is better; elsewhere, less is.`;
}

const exported = (name, title, columns, rows) => second && {
  name, title: `${title}: ${names().join(' and ')}, ${during(first.window)}`, columns, rows: rows()};

exportButtons(byId('compare-figures').parentElement, () => exported('comparison', 'Two model versions', ['figure', ...(second ? names() : [])],
    () => FIGURES.map(([name, of]) => [name, of(first), of(second)])), 'figures of both versions');
exportButtons(byId('compare-confusion').parentElement, () => exported('confusion-difference', 'Difference of the confusion, second minus first',
    ['actual \\ predicted', ...DIGITS.map(String)],
    () => {
      const all = differences();
      return DIGITS.map(actual => [actual, ...all.slice(10 * actual, 10 * actual + 10).map(more => more == null ? null : Number(more.toFixed(6)))]);
    }), 'differences of the confusion matrices');
