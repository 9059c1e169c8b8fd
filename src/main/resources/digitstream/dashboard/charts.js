// Lines over time, drawn with uPlot.
import uPlot from '/webjars/uplot/1.6.30/dist/uPlot.esm.js';
import {byId, colour} from './page.js';

const charts = [];

/** A chart in an element that is drawn anew when the width or the colours change. */
export class Chart {
  /** @param options called for the options of uPlot: colours are read when it is made */
  constructor(id, height, options) {
    this.element = byId(id);
    this.height = height;
    this.options = options;
    this.data = null;
    this.plot = null;
    charts.push(this);
    new ResizeObserver(() => this.plot?.setSize({width: this.width(), height})).observe(this.element);
  }

  width() {
    return Math.max(200, this.element.clientWidth);
  }

  /** Draws it; a new number of series makes the chart anew. */
  show(data) {
    if (this.plot && this.data.length === data.length) {
      this.plot.setData(data);
    } else {
      this.plot?.destroy();
      const axis = {stroke: colour('soft'), grid: {stroke: colour('line'), width: 1}, ticks: {show: false}};
      const options = this.options(axis);
      this.plot = new uPlot(
          {width: this.width(), height: this.height, cursor: {drag: {x: false, y: false}}, ...options}, data, this.element);
    }
    this.data = data;
    // Without a cursor on it, the legend tells the latest.
    if (this.plot.cursor.idx == null && data[0].length) {
      this.plot.setLegend({idx: data[0].length - 1}, false);
    }
  }

  /** The next time it is shown, it is made anew. */
  forget() {
    this.plot?.destroy();
    this.plot = null;
  }

  recolour() {
    if (this.plot) {
      this.forget();
      this.show(this.data);
    }
  }
}

/** After the colours have changed. */
export const recolour = () => charts.forEach(chart => chart.recolour());

export const line = (label, name, value, more = {}) =>
    ({label, stroke: colour(name), width: 2, points: {show: false}, value: (plot, v) => v == null ? '–' : value(v), ...more});

/** Joins lines with times of their own into one table. */
export const join = tables => uPlot.join(tables);
