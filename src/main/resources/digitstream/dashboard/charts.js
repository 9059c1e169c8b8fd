// Lines over time, drawn with uPlot.
import uPlot from './webjars/uplot/1.6.30/dist/uPlot.esm.js';
import {byId, colour} from './page.js';

const charts = [];

/** A chart in an element. It is redrawn when the width or the colours change. */
export class Chart {
  /** @param options returns the uPlot options for an axis; called whenever the plot is created, so that it reads the current colours */
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

  /** Draws the data. Recreates the plot if the number of series has changed. */
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
    // Without a cursor on the chart, the legend shows the latest values.
    if (this.plot.cursor.idx == null && data[0].length) {
      this.plot.setLegend({idx: data[0].length - 1}, false);
    }
  }

  /** Discards the plot; the next show() creates a new one. */
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

/** Redraws all charts; called after the colours have changed. */
export const recolour = () => charts.forEach(chart => chart.recolour());

export const line = (label, name, value, more = {}) =>
    ({label, stroke: colour(name), width: 2, points: {show: false}, value: (plot, v) => v == null ? '–' : value(v), ...more});

/** Joins tables that have different times into one table. */
export const join = tables => uPlot.join(tables);
