// Lines over time, drawn with uPlot. All charts share the time axis, the cursor and the zoom.
import uPlot from './webjars/uplot/1.6.30/dist/uPlot.esm.js';
import {byId, clock, colour, element, setText, tick, zone} from './page.js';
import {chartData, exportButtons} from './export.js';
import {markEvents} from './marks.js';
import * as view from './view.js';

const SYNC = 'time';
const FONT = '12px system-ui, sans-serif';
const BARE_END_WIDTH = 84;
const END_HEIGHT = 17;
/** In pixels; a tap is no selection. */
const MIN_TOUCH_WIDTH = 12;
const DASHES = [[], [7, 4], [2, 3], [9, 3, 2, 3]];
const charts = [];

/** A chart in an element. It is redrawn when the width, the colours or the shown times change. */
export class Chart {
  /**
   * @param definition of the chart: its height in pixels; unit, a text above the value axis; tick, which formats a value of that
   *   axis; range, which returns the limits of that axis from the least and the greatest shown value; lines, which returns the
   *   lines; bands, which returns the bands between lines; endWidth, the room for the labels at the lines' ends; labelled, whether the marks of events have texts
   */
  constructor(id, definition) {
    this.element = byId(id);
    this.definition = {bands: () => [], labelled: false, endWidth: 112, ...definition};
    this.data = null;
    this.plot = null;
    this.overlay = null;
    charts.push(this);
    exportButtons(this.element, () => this.plot && chartData(
        id.replace('-chart', ''), this.element.getAttribute('aria-label'), this.plot, this.lines));
    new ResizeObserver(() => this.plot?.setSize({width: this.width(), height: this.definition.height})).observe(this.element);
  }

  width() {
    return Math.max(200, this.element.clientWidth);
  }

  /** A single line needs no name: title and unit say what it is. */
  isNamed() {
    return this.lines.filter(line => line.label).length > 1;
  }

  endWidth() {
    return this.isNamed() ? this.definition.endWidth : BARE_END_WIDTH;
  }

  /** Draws the data: times in seconds, then a column for each line. Recreates the plot if the number of lines has changed. */
  show(data) {
    const same = this.plot && this.data.length === data.length;
    this.data = data;
    if (same) {
      this.plot.setData(data, false);
    } else {
      this.create();
    }
    this.rescale();
  }

  rescale() {
    const [min, max] = view.times();
    this.plot?.setScale('x', {min, max});
  }

  create() {
    this.plot?.destroy();
    this.overlay?.remove();
    const {height, unit, lines, bands, range, labelled} = this.definition;
    const axis = {stroke: colour('soft'), font: FONT, ticks: {show: false}, grid: {stroke: colour('line'), width: 1}};
    this.lines = lines();
    this.overlay = element('div', {}, element('span', {className: 'unit'}, unit), element('span', {className: 'zone'}),
        ...this.lines.map(line => end(line)), element('span', {className: 'at', hidden: true}));
    this.plot = new uPlot({
      width: this.width(),
      height,
      padding: [26, this.lines.some(line => line.label) ? this.endWidth() : 12, 0, 0],
      legend: {show: false},
      cursor: {
        y: false,
        points: {size: 7},
        drag: {x: true, y: false, setScale: false},
        // The charts share the cursor, not each other's clicks.
        sync: {key: SYNC, scales: ['x', null], filters: {pub: type => type === 'mousemove' || type === 'mouseleave'}},
        bind: {dblclick: () => () => { view.resetZoom(); }},
      },
      scales: {x: {range: () => view.times()}, y: {range: (plot, low, high) => range(low ?? 0, high ?? 0, plot)}},
      axes: [
        {...axis, size: 28, space: 80, grid: {show: false}, values: (plot, at, index, space, apart) => at.map(one => tick(1000 * one, apart))},
        {...axis, size: 58, space: 34, values: (plot, values) => values.map(this.definition.tick)},
      ],
      series: [{}, ...this.lines.map(line => ({
        stroke: colour(line.colour), width: line.width ?? 2, dash: line.dash, scale: 'y',
        points: {show: false, size: 5, fill: colour(line.colour), filter: alone},
      }))],
      bands: bands().map(series => ({series, fill: colour('band')})),
      hooks: {
        drawAxes: [plot => markEvents(plot, labelled)],
        draw: [() => this.label()],
        setCursor: [() => this.label()],
        setSelect: [plot => {
          if (plot.select.width > 0) {
            const [left, right] = [plot.select.left, plot.select.left + plot.select.width].map(at => plot.posToVal(at, 'x'));
            plot.setSelect({left: 0, width: 0, top: 0, height: 0}, false);
            view.zoom(left, right);
          }
        }],
      },
    }, this.data, this.element);
    this.element.append(this.overlay);
    selectByTouch(this.plot);
  }

  /** Writes name and value at each line's end: the value under the cursor, else the latest. */
  label() {
    const plot = this.plot;
    if (!plot) {
      return;
    }
    const {over, cursor} = plot;
    const [start, stop] = [plot.scales.x.min, plot.scales.x.max];
    const at = cursor.left >= 0 ? cursor.idx : null;
    const labels = this.overlay.querySelectorAll('.end');
    const placed = [];
    this.lines.forEach((line, i) => {
      const values = this.data[i + 1];
      let last = this.data[0].length - 1;
      while (last >= 0 && (values[last] == null || this.data[0][last] > stop)) {
        last--;
      }
      labels[i].hidden = !line.label || last < 0 || this.data[0][last] < start;
      if (!labels[i].hidden) {
        const [name, value] = labels[i].querySelectorAll('span, b');
        name.textContent = this.isNamed() ? line.label + ' ' : '';
        const shown = values[at ?? last];
        value.textContent = shown == null ? '–' : line.value(shown);
        placed.push({label: labels[i], y: over.offsetTop + plot.valToPos(values[last], 'y') - END_HEIGHT / 2});
      }
    });
    // Labels that would overlap move apart, downwards first and then up from the lower end.
    placed.sort((a, b) => a.y - b.y);
    placed.forEach((one, i) => { one.y = Math.max(one.y, i ? placed[i - 1].y + END_HEIGHT : over.offsetTop - END_HEIGHT / 2); });
    let floor = over.offsetTop + over.clientHeight - END_HEIGHT / 2;
    for (const one of placed.reverse()) {
      one.y = Math.min(one.y, floor);
      floor = one.y - END_HEIGHT;
      one.label.style.top = one.y + 'px';
      one.label.style.left = over.offsetLeft + over.clientWidth + 4 + 'px';
    }
    const time = this.overlay.querySelector('.at');
    time.hidden = cursor.left < 0;
    if (!time.hidden) {
      time.textContent = clock(1000 * plot.posToVal(cursor.left, 'x'));
      time.style.left = Math.max(50, over.offsetLeft + cursor.left) + 'px';
    }
    setText(this.overlay.querySelector('.zone'), zone(1000 * stop));
  }

  /** Discards the plot; the next show() creates a new one. */
  forget() {
    this.plot?.destroy();
    this.overlay?.remove();
    this.plot = null;
  }

  recolour() {
    if (this.plot) {
      this.create();
      this.rescale();
    }
  }
}

/** Lets one finger that moves sideways select times, as a dragged mouse does. The browser scrolls for a finger that moves up or down. */
function selectByTouch(plot) {
  const {over} = plot;
  let from = null;
  const place = event => Math.max(0, Math.min(over.clientWidth, event.clientX - over.getBoundingClientRect().left));
  const select = (left, width, tell) => plot.setSelect({left, width, top: 0, height: over.clientHeight}, tell);
  over.addEventListener('pointerdown', event => {
    from = event.pointerType === 'touch' && event.isPrimary ? place(event) : null;
  });
  over.addEventListener('pointermove', event => {
    if (from != null && event.pointerType === 'touch') {
      select(Math.min(from, place(event)), Math.abs(place(event) - from), false);
    }
  });
  over.addEventListener('pointerup', event => {
    if (from != null && event.pointerType === 'touch') {
      const width = Math.abs(place(event) - from);
      select(Math.min(from, place(event)), width >= MIN_TOUCH_WIDTH ? width : 0, true);
      from = null;
    }
  });
  // The browser scrolls instead.
  over.addEventListener('pointercancel', () => {
    if (from != null) {
      select(0, 0, false);
      from = null;
    }
  });
}

/** Redraws all charts; called after the colours have changed. */
export const recolour = () => charts.forEach(chart => chart.recolour());

view.onChange(() => charts.forEach(chart => chart.rescale()));

/**
 * The nth line of a chart, with its own colour and dashes.
 * @param value formats a value
 */
export const line = (n, label, value, more = {}) =>
    ({label, value, colour: `line-${n % DASHES.length + 1}`, dash: DASHES[n % DASHES.length], ...more});

function end(line) {
  const sample = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  const stroke = document.createElementNS('http://www.w3.org/2000/svg', 'path');
  Object.entries({d: 'M0 5H16', stroke: colour(line.colour), 'stroke-width': 2, 'stroke-dasharray': line.dash?.join(' ') ?? ''})
      .forEach(([name, value]) => stroke.setAttribute(name, value));
  sample.append(stroke);
  return element('span', {className: 'end', title: line.label, hidden: true}, sample, element('span'), element('b'));
}

/** The indices of points that no line reaches, because both neighbours are missing: they are drawn as dots. */
function alone(plot, series) {
  const values = plot.data[series];
  const found = [];
  values.forEach((value, i) => {
    if (value != null && values[i - 1] == null && values[i + 1] == null) {
      found.push(i);
    }
  });
  return found;
}

/**
 * Makes gaps of times without points: a line must not bridge an outage.
 * @param data times in seconds, then a column for each line
 * @param longest returns how many seconds two neighbouring points may be apart, given the time of the first
 */
export function withGaps(data, longest) {
  const [times] = data;
  const broken = data.map(() => []);
  times.forEach((time, i) => {
    if (i && time - times[i - 1] > longest(times[i - 1])) {
      broken.forEach((column, c) => column.push(c ? null : (times[i - 1] + time) / 2));
    }
    broken.forEach((column, c) => column.push(data[c][i]));
  });
  return broken;
}

/** Joins tables that have different times into one table. */
export const join = tables => uPlot.join(tables);

/** The plots that are shown, of uPlot. */
export const plots = () => charts.map(chart => chart.plot).filter(plot => plot);
