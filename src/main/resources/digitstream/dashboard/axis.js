// The y axis of accuracy over time: narrow enough to read typical figures, wide enough to include every collapse.

const Z_SQUARED = 1.959963984540054 ** 2;
// An interval of fewer images than this share of the median is ignored: a few first images say little.
const MIN_SHARE = 1 / 20;
// Unless it has this many images and does not overlap the other intervals: then it is a collapse.
const MIN_IMAGES = 30;
const MARGIN = 0.002;

/** The number of images behind a 95 % interval: the score interval (Wilson, 1927), solved for the count at its farther end. */
export function images({accuracy, low, high}) {
  const end = accuracy - low > high - accuracy ? low : high;
  return Z_SQUARED * end * (1 - end) / (accuracy - end) ** 2;
}

const ends = intervals => [
  intervals.reduce((least, one) => Math.min(least, one.low), 1),
  intervals.reduce((most, one) => Math.max(most, one.high), 0),
];

/**
 * The limits of the axis, [low, high].
 *
 * @param intervals the shown intervals: {accuracy, low, high}, each from 0 to 1
 */
export function axisOf(intervals) {
  if (!intervals.length) {
    return [0, 1];
  }
  const sizes = intervals.map(images);
  const median = [...sizes].sort((a, b) => a - b)[sizes.length >> 1];
  const [low, high] = ends(intervals.filter((one, i) => sizes[i] >= MIN_SHARE * median));
  const [lowest, highest] = ends(intervals.filter((one, i) =>
      sizes[i] >= MIN_SHARE * median || sizes[i] >= MIN_IMAGES && (one.high < low || one.low > high)));
  return [Math.max(0, lowest - MARGIN), Math.min(1, highest + MARGIN)];
}
