// The axis of accuracy over time: narrow enough for the usual figures to be read, and with each collapse on it.

const Z_SQUARED = 1.959963984540054 ** 2;
// An interval of fewer images than this share of the usual does not make the axis: of the first few little can be said.
const FEW = 1 / 20;
// But of so many it does, where it lies wholly beside the others.
const ENOUGH = 30;
const MARGIN = 0.002;

/** How many images a 95 % interval is of: the score interval (Wilson, 1927) solved for them, at its farther end. */
export function images({accuracy, low, high}) {
  const end = accuracy - low > high - accuracy ? low : high;
  return Z_SQUARED * end * (1 - end) / (accuracy - end) ** 2;
}

const ends = intervals => [
  intervals.reduce((least, one) => Math.min(least, one.low), 1),
  intervals.reduce((most, one) => Math.max(most, one.high), 0),
];

/**
 * The ends of the axis.
 *
 * @param intervals that are shown: {accuracy, low, high} each, from 0 to 1
 */
export function axisOf(intervals) {
  if (!intervals.length) {
    return [0, 1];
  }
  const sizes = intervals.map(images);
  const usual = [...sizes].sort((a, b) => a - b)[sizes.length >> 1];
  const [low, high] = ends(intervals.filter((one, i) => sizes[i] >= FEW * usual));
  const [lowest, highest] = ends(intervals.filter((one, i) =>
      sizes[i] >= FEW * usual || sizes[i] >= ENOUGH && (one.high < low || one.low > high)));
  return [Math.max(0, lowest - MARGIN), Math.min(1, highest + MARGIN)];
}
