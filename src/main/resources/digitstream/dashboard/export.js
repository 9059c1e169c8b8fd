// Export of what is shown: as CSV, with a header line and times in ISO 8601, and as PNG.
import {colour, element, iso} from './page.js';

const FONT = 'system-ui, sans-serif';
const MARGIN = 12;
const TITLE_HEIGHT = 30;
const LINE_HEIGHT = 22;

/**
 * Adds buttons that export data, after an element.
 * @param shown the element that shows the data
 * @param getData returns {name, title, columns, rows, picture} or null without data: the name of the file, the title of the picture,
 *     the names of the columns, their values row by row, and a function that returns a canvas; without it, a table is drawn
 * @param what the name of the data, for screen readers
 */
export function exportButtons(shown, getData, what = shown.getAttribute('aria-label')) {
  const button = (format, save) => {
    const made = element('button', {type: 'button'}, format);
    made.setAttribute('aria-label', `${format} of: ${what}`);
    made.title = `Save what is shown as ${format}`;
    made.addEventListener('click', () => {
      const data = getData();
      if (data) {
        save(data);
      }
    });
    return made;
  };
  shown.after(element('div', {className: 'export'}, button('CSV', saveCsv), button('PNG', savePng)));
}

/**
 * The data of a chart over time, within its shown range.
 * @param plot the uPlot instance, with times in seconds
 * @param lines the lines, in the order of the plot's series: a label, which is empty if the line is not named in the picture, and a
 *     column, the name in the file if it differs
 */
export function chartData(name, title, plot, lines) {
  const [times, ...series] = plot.data;
  const {min, max} = plot.scales.x;
  const rows = [];
  times.forEach((at, i) => {
    if (!(at < min || at > max)) {
      rows.push([iso(1000 * at), ...series.map(values => values[i])]);
    }
  });
  return {name, title, columns: ['time', ...lines.map(line => line.column ?? line.label)], rows, picture: () => chartPicture(title, plot, lines)};
}

/** A text that spreadsheets would run as a formula gets an apostrophe, which makes it a text (OWASP, CSV Injection). */
const harmless = value => typeof value === 'string' && /^[=+\-@\t\r]/.test(value) ? "'" + value : String(value);

/** Quotes a value as RFC 4180 says. Empty for null. */
function quoted(value) {
  const text = value == null ? '' : harmless(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** The data as CSV. */
export const csv = ({columns, rows}) => [columns, ...rows].map(row => row.map(quoted).join(',')).join('\r\n') + '\r\n';

const saveCsv = data => save(new Blob([csv(data)], {type: 'text/csv'}), data.name, 'csv');

function savePng(data) {
  const canvas = data.picture?.() ?? tablePicture(data);
  canvas.toBlob(blob => save(blob, data.name, 'png'));
}

/** Saves a file whose name has the time: digitstream-accuracy-20261130T203000Z.csv. */
function save(blob, name, ending) {
  const time = new Date().toISOString().replace(/[-:]|\.\d+/g, '');
  const link = element('a', {href: URL.createObjectURL(blob), download: `digitstream-${name}-${time}.${ending}`});
  link.click();
  // Later, because the browser may not have begun to read it.
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

/** A canvas in the page's colours with a title, and its context, in CSS pixels. */
export function canvasOf(title, width, height) {
  const canvas = element('canvas', {width: Math.round(width * devicePixelRatio), height: Math.round(height * devicePixelRatio)});
  const context = canvas.getContext('2d');
  context.scale(devicePixelRatio, devicePixelRatio);
  context.fillStyle = colour('card');
  context.fillRect(0, 0, width, height);
  context.fillStyle = colour('ink');
  context.font = `600 15px ${FONT}`;
  context.textBaseline = 'middle';
  context.fillText(`${title}, ${new Date().toISOString().slice(0, 19)}Z`, MARGIN, MARGIN + 8);
  context.font = `13px ${FONT}`;
  return {canvas, context};
}

/** The chart with its title above, and below it the lines' names in their colours. */
function chartPicture(title, plot, lines) {
  const chart = plot.ctx.canvas;
  const width = chart.width / devicePixelRatio;
  const height = chart.height / devicePixelRatio;
  const {canvas, context} = canvasOf(title, width + 2 * MARGIN, height + TITLE_HEIGHT + LINE_HEIGHT + 2 * MARGIN);
  context.drawImage(chart, MARGIN, TITLE_HEIGHT + MARGIN, width, height);
  const y = TITLE_HEIGHT + height + LINE_HEIGHT + MARGIN - 4;
  let x = MARGIN;
  for (const {label, colour: name, dash} of lines.filter(line => line.label)) {
    context.strokeStyle = colour(name);
    context.lineWidth = 2;
    context.setLineDash(dash ?? []);
    context.beginPath();
    context.moveTo(x, y);
    context.lineTo(x + 24, y);
    context.stroke();
    context.fillStyle = colour('ink');
    context.fillText(label, x + 30, y);
    x += 48 + context.measureText(label).width;
  }
  return canvas;
}

function tablePicture({title, columns, rows}) {
  const {context: measure} = canvasOf('', 1, 1);
  const widths = columns.map((name, i) => 18 + Math.max(...[columns, ...rows].map(row => measure.measureText(row[i] ?? '').width)));
  const width = Math.max(320, widths.reduce((sum, one) => sum + one, 0));
  const {canvas, context} = canvasOf(title, width + 2 * MARGIN, TITLE_HEIGHT + LINE_HEIGHT * (rows.length + 1) + 2 * MARGIN);
  context.textAlign = 'right';
  [columns, ...rows].forEach((row, line) => {
    let right = MARGIN;
    row.forEach((value, i) => {
      right += widths[i];
      context.fillStyle = colour(line === 0 || i === 0 ? 'soft' : 'ink');
      context.fillText(value ?? '', right - 6, TITLE_HEIGHT + MARGIN + LINE_HEIGHT * (line + 0.5));
    });
  });
  return canvas;
}
