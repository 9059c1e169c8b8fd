// A digit drawn with mouse, finger or keyboard, sent through Kafka and back.
import {ask, bars, byId, duration, element, percent} from './page.js';

const canvas = byId('canvas');
const context = canvas.getContext('2d', {willReadFrequently: true});
let last = null;
let classified = null;
// The labels sent for the drawing, the latest one last.
let labels = [];
let sending = false;

context.lineWidth = 9;
context.lineCap = 'round';
context.lineJoin = 'round';
context.strokeStyle = '#fff';
const SEEN_LATER = byId('seen-note').textContent;
clear();

function clear() {
  context.fillStyle = '#000';
  context.fillRect(0, 0, canvas.width, canvas.height);
}

function place(event) {
  const box = canvas.getBoundingClientRect();
  return [(event.clientX - box.left) * canvas.width / box.width, (event.clientY - box.top) * canvas.height / box.height];
}

function strokeTo(point) {
  context.beginPath();
  context.moveTo(...(last ?? point));
  context.lineTo(...point);
  context.stroke();
  last = point;
}

canvas.addEventListener('pointerdown', event => {
  if (sending) {
    return;
  }
  canvas.setPointerCapture(event.pointerId);
  if (classified) {
    reset();
  }
  last = null;
  strokeTo(place(event));
});
canvas.addEventListener('pointermove', event => {
  if (canvas.hasPointerCapture(event.pointerId)) {
    strokeTo(place(event));
  }
});

// Keyboard: arrow keys move a pen, which draws while it is down.
const STEP = 4;
const MOVES = {ArrowLeft: [-STEP, 0], ArrowRight: [STEP, 0], ArrowUp: [0, -STEP], ArrowDown: [0, STEP]};
const pen = {x: canvas.width / 2, y: canvas.height / 2, down: false};

function showPen() {
  const mark = byId('pen');
  mark.hidden = document.activeElement !== canvas;
  mark.classList.toggle('down', pen.down);
  mark.style.left = 100 * pen.x / canvas.width + '%';
  mark.style.top = 100 * pen.y / canvas.height + '%';
}

canvas.addEventListener('keydown', event => {
  const move = MOVES[event.key];
  if (sending) {
    return;
  }
  if (event.key === 'Enter') {
    byId('send').click();
  } else if (event.key === ' ') {
    if (classified) {
      reset();
    }
    pen.down = !pen.down;
    last = null;
    if (pen.down) {
      strokeTo([pen.x, pen.y]);
    }
  } else if (move) {
    pen.x = Math.max(0, Math.min(canvas.width, pen.x + move[0]));
    pen.y = Math.max(0, Math.min(canvas.height, pen.y + move[1]));
    if (pen.down) {
      strokeTo([pen.x, pen.y]);
    }
  } else {
    return;
  }
  event.preventDefault();
  showPen();
});
canvas.addEventListener('focus', showPen);
canvas.addEventListener('blur', () => {
  pen.down = false;
  showPen();
});

function reset() {
  clear();
  classified = null;
  labels = [];
  byId('verdict').hidden = byId('undo').hidden = true;
  byId('seen').hidden = true;
  byId('seen-note').textContent = SEEN_LATER;
  byId('probabilities').replaceChildren();
  byId('answer').textContent = 'The drawing goes through Kafka like any other image.';
}

function pixels() {
  const field = context.getImageData(0, 0, canvas.width, canvas.height).data;
  let text = '';
  for (let i = 0; i < field.length; i += 4) {
    text += String.fromCharCode(field[i]);
  }
  return btoa(text);
}

byId('clear').addEventListener('click', reset);

/** Locks the drawing while its prediction is awaited. */
function setSending(now) {
  sending = now;
  byId('send').disabled = byId('clear').disabled = now;
}

byId('send').addEventListener('click', async () => {
  setSending(true);
  labels = [];
  classified = null;
  byId('verdict').hidden = byId('undo').hidden = true;
  byId('answer').textContent = 'Classifying …';
  try {
    const answer = await ask('api/digits', {side: canvas.width, pixels: pixels()});
    classified = answer;
    byId('answer').replaceChildren('Predicted: ', element('b', {}, answer.label),
        `, confidence ${percent(answer.confidence, 1)}. ${classifiedAfter(answer)}, in a batch of ${answer.batchSize}; `
        + `committed and read back after ${duration(answer.committedMillis)}.`);
    bars(byId('probabilities'), answer.probabilities, answer.probabilities.map((p, digit) => digit),
        (p, digit) => `${digit}: ${percent(p)}`, null, p => percent(p, p < 0.1 ? 1 : 0));
    showSeen(answer);
    byId('truth').value = answer.label;
    byId('verdict').hidden = false;
  } catch (error) {
    byId('answer').textContent = error.message;
  } finally {
    setSending(false);
  }
});

const classifiedAfter = answer => answer.predictedMillis < 0
    ? 'Classified on a machine whose clock is behind'
    : `Classified after ${duration(answer.predictedMillis)}`;

/** Shows the image as it was read from its topic. */
function showSeen(answer) {
  const seen = byId('seen');
  seen.src = `api/images/${answer.partition}/${answer.offset}?id=${encodeURIComponent(answer.imageId)}`;
  seen.alt = `The 28 × 28 pixels in which the model saw a ${answer.label}`;
  seen.hidden = false;
  byId('seen-note').textContent = 'What the model saw: 28 × 28 pixels.';
}

/**
 * Sends a label of the drawing; null retracts the one before. The drawing may be cleared before the answer comes, which is then ignored.
 * @param describe describes what was sent: whether it counts towards the accuracy is its argument
 * @param sent called when the label was sent
 */
async function send(digit, describe, sent) {
  const drawing = classified;
  if (!drawing) {
    return;
  }
  byId('verdict').hidden = byId('undo').hidden = true;
  let text;
  try {
    const {scored} = await ask('api/labels', {imageId: drawing.imageId, label: digit});
    text = describe(scored);
    if (drawing === classified) {
      sent();
    }
  } catch (error) {
    text = error.message;
  }
  if (drawing === classified) {
    byId('answer').textContent = text;
    byId('verdict').hidden = false;
    byId('undo').hidden = !labels.length;
  }
}

const label = digit => send(digit, scored => `Labelled as ${digit}. ` + (scored
    ? 'The label counts towards the accuracy.' : 'Drawn digits do not count towards the accuracy.'), () => labels.push(digit));

function undo() {
  const before = labels.at(-2) ?? null;
  return send(before, () => before === null ? 'The label is retracted.' : `Labelled as ${before} again.`, () => labels.pop());
}

byId('undo').addEventListener('click', undo);

/** Hides the drawing where the server refuses it. */
export function setReadOnly(readOnly) {
  byId('draw').hidden = readOnly;
  byId('read-only').hidden = !readOnly;
}

byId('truth').append(...Array.from({length: 10}, (_, digit) => element('option', {value: digit}, digit)));
byId('right').addEventListener('click', () => label(classified?.label));
byId('verdict').addEventListener('submit', event => {
  event.preventDefault();
  label(Number(byId('truth').value));
});
