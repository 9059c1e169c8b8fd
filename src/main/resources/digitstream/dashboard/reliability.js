// The reliability diagram: accuracy by confidence. The dots of a perfectly calibrated model lie on the diagonal; a dot's size shows its
// number of images.
import {byId, colour, count, percent} from './page.js';
import {canvasOf, exportButtons} from './export.js';

const SVG = 'http://www.w3.org/2000/svg';
const TICKS = [0, 50, 100];
const PICTURE_SIZE = 360;
const PICTURE_EDGE = 56;

/** The dots on axes from 0 to 100 %, upwards and to the right. */
function dotsOf(figures) {
  const all = Math.max(1, figures.labelled);
  return figures.confidenceBins.filter(bin => bin.count > 0).map(bin => ({
    x: 100 * bin.confidenceSum / bin.count, y: 100 * bin.correct / bin.count, radius: 1.2 + 3 * Math.sqrt(bin.count / all),
    text: `${count(bin.count)} images: mean confidence ${percent(bin.confidenceSum / bin.count)}, accuracy ${percent(bin.correct / bin.count)}`}));
}

function shape(name, attributes, text) {
  const made = document.createElementNS(SVG, name);
  Object.entries(attributes).forEach(([key, value]) => made.setAttribute(key, value));
  if (text != null) {
    made.textContent = text;
  }
  return made;
}

/** Shows the calibration of published figures. */
export function show(figures) {
  const dots = dotsOf(figures);
  const svg = shape('svg', {viewBox: '-17 -4 122 124', width: '100%', height: '260'});
  svg.append(shape('rect', {x: 0, y: 0, width: 100, height: 100, fill: 'none', stroke: colour('line'), 'stroke-width': 0.6}));
  svg.append(shape('line', {x1: 0, y1: 100, x2: 100, y2: 0, stroke: colour('soft'), 'stroke-dasharray': '2 2', 'stroke-width': 0.6}));
  for (const dot of dots) {
    const circle = shape('circle', {cx: dot.x, cy: 100 - dot.y, r: dot.radius, fill: colour('blue'), 'fill-opacity': 0.75});
    circle.append(shape('title', {}, dot.text));
    svg.append(circle);
  }
  const text = {'font-size': 5, fill: colour('soft')};
  for (const tick of TICKS) {
    svg.append(shape('text', {...text, x: tick, y: 107, 'text-anchor': tick ? tick === 100 ? 'end' : 'middle' : 'start'}, tick));
    svg.append(shape('text', {...text, x: -2, y: 101.5 - tick * 0.98, 'text-anchor': 'end'}, tick));
  }
  svg.append(shape('text', {...text, x: 50, y: 116, 'text-anchor': 'middle'}, 'confidence, %'));
  svg.append(shape('text', {...text, x: -12, y: 50, 'text-anchor': 'middle', transform: 'rotate(-90 -12 50)'}, 'accuracy, %'));
  byId('reliability').replaceChildren(svg);
  byId('reliability').setAttribute('aria-label', 'Reliability diagram. ' + dots.map(dot => dot.text).join('; '));
  byId('calibration').textContent = `Expected calibration error ${percent(figures.expectedCalibrationError)}; `
      + `mean confidence ${percent(figures.meanConfidence)}, accuracy ${percent(figures.accuracy)}.`;
}

/** The diagram as a canvas, in the page's colours. */
function picture(title, figures) {
  const {canvas, context} = canvasOf(title, PICTURE_SIZE + 2 * PICTURE_EDGE, PICTURE_SIZE + 2 * PICTURE_EDGE);
  const x = value => PICTURE_EDGE + PICTURE_SIZE * value / 100;
  const y = value => PICTURE_EDGE + PICTURE_SIZE * (1 - value / 100);
  context.strokeStyle = colour('line');
  context.strokeRect(x(0), y(100), PICTURE_SIZE, PICTURE_SIZE);
  context.strokeStyle = context.fillStyle = colour('soft');
  context.setLineDash([6, 6]);
  context.beginPath();
  context.moveTo(x(0), y(0));
  context.lineTo(x(100), y(100));
  context.stroke();
  context.textAlign = 'right';
  TICKS.forEach(tick => context.fillText(tick, x(0) - 6, y(tick)));
  context.textAlign = 'center';
  TICKS.forEach(tick => context.fillText(tick, x(tick), y(0) + 14));
  context.fillText('confidence, %', x(50), y(0) + 36);
  context.save();
  context.translate(x(0) - 40, y(50));
  context.rotate(-Math.PI / 2);
  context.fillText('accuracy, %', 0, 0);
  context.restore();
  context.fillStyle = colour('blue');
  context.globalAlpha = 0.75;
  for (const dot of dotsOf(figures)) {
    context.beginPath();
    context.arc(x(dot.x), y(dot.y), dot.radius * PICTURE_SIZE / 100, 0, 2 * Math.PI);
    context.fill();
  }
  return canvas;
}

/** Adds the export, of the data that this returns with the figures, or null. */
export const exportable = data => exportButtons(byId('reliability'), () => {
  const {figures, ...table} = data() ?? {};
  return figures ? {...table, picture: () => picture(table.title, figures)} : null;
}, 'calibration');
