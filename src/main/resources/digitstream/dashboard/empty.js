// What to do while there is nothing to show.
import {byId, setText} from './page.js';

let stream = null;

export function load(history) {
  stream = history.stream;
}

export function update(state) {
  const empty = !!stream && state.lastPrediction < 0 && !state.accuracy.length;
  byId('empty').hidden = !empty;
  if (empty) {
    setText(byId('empty-topic'), stream.images);
    setText(byId('empty-command'), stream.produce);
    setText(byId('empty-serve'), stream.serve);
  }
}
