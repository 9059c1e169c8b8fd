// What the predictions say before labels arrive: estimated accuracy, drift, distributions.
import {bars, byId, count, percent, tiles} from './page.js';

const DRIFT = 0.1;
const LARGE_DRIFT = 0.25;

/**
 * @param mix the predictions of the shown model version in the last minute; null if there are none
 * @param measured the measured accuracy of the last minute
 */
export function show(mix, measured) {
  mix ??= {count: 0, classes: Array(10).fill(0), confidence: Array(15).fill(0)};
  const base = mix.baseline;
  tiles(byId('mix-tiles'), [
    ['Estimated accuracy', percent(mix.estimatedAccuracy), noteOf(mix)],
    ['Measured accuracy', percent(measured), 'last minute, by labels'],
    ['Digit drift', psi(mix.classDrift), rated(mix.classDrift)],
    ['Confidence drift', psi(mix.confidenceDrift), rated(mix.confidenceDrift)],
  ]);
  byId('estimate').textContent = note(mix, base);
  const width = 100 / mix.confidence.length;
  const expected = counts => base && mix.count ? counts.map(n => n / base.images * mix.count) : null;
  bars(byId('mix-classes'), mix.classes, mix.classes.map((n, digit) => digit),
      (n, digit) => `${digit}: ${count(n)} predictions` + (base ? `, expected ${count(base.classes[digit] / base.images * mix.count)}` : ''),
      expected(base?.classes ?? []));
  bars(byId('mix-confidence'), mix.confidence, mix.confidence.map((n, i) => i % 3 === 2 ? Math.round((i + 1) * width) : ''),
      (n, i) => `${Math.round(i * width)} to ${Math.round((i + 1) * width)} %: ${count(n)} predictions`
          + (base ? `, expected ${count(base.confidence[i] / base.images * mix.count)}` : ''),
      expected(base?.confidence ?? []));
}

/** What to know of the estimate of these predictions: its interval, or why it is missing or worthless. */
export function noteOf(mix) {
  if (mix.estimatedAccuracy == null) {
    return mix.count ? 'needs a calibrated model' : 'no predictions';
  }
  if (mix.estimateWorthless) {
    return 'unlike validation';
  }
  return mix.estimatedLow == null ? 'without labels' : `${(100 * mix.estimatedLow).toFixed(2)} to ${percent(mix.estimatedHigh)}`;
}

const psi = value => value == null ? '–' : value.toFixed(3);

const rated = value => value == null ? 'population stability index'
    : value < DRIFT ? 'PSI: small' : value < LARGE_DRIFT ? 'PSI: moderate' : 'PSI: large';

function note(mix, base) {
  if (!mix.count) {
    return 'No predictions by this model version in the last minute.';
  }
  const summary = `${count(mix.count)} predictions in the last minute, mean confidence ${percent(mix.meanConfidence)}.`;
  if (!base) {
    return summary + ' The model card has no validation baseline to measure drift against or to calibrate the confidence with.';
  }
  return summary + ` The marks show what to expect from ${count(base.images)} validation images (accuracy ${percent(base.accuracy)}). `
      + (mix.classDrift == null ? 'Drift needs at least 500 predictions.' : `Drift below ${DRIFT} is small; ${LARGE_DRIFT} or more is large.`);
}
