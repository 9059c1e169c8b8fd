// The terms of the page: a button for each, whose explanation mouse, keyboard and touch open.
import {element} from './page.js';

const TERMS = {
  accuracy: ['accuracy', 'The share of labelled images whose predicted digit is the label. The 95 % interval (Wilson) says how exactly so many labels measure it: the true accuracy lies in it 95 times in 100.'],
  estimate: ['estimate', 'The accuracy that the model expects of itself, without labels: its mean confidence, calibrated on the validation images. It holds only while images look like the validation images.'],
  rate: ['images per second', 'Images in: produced to the topic of images. Predictions out: committed by the classifying topology and read here.'],
  p99: ['p99 latency', 'The 99th percentile: 99 of 100 images have their prediction sooner, one has it later. Latency runs from an image\'s event time until this dashboard reads the committed prediction. p50 is the median.'],
  lag: ['lag', 'Images that are produced and not yet classified. The lag of scoring is predictions and labels that are not yet scored: accuracy is outdated by as much.'],
  coverage: ['coverage', 'The share of predictions that have a label. Accuracy says nothing about the others.'],
  dead: ['dead letters', 'Records that cannot be processed, for example because they cannot be decoded. They are set aside in a topic of their own, with the reason.'],
  delay: ['label delay', 'The time from an image\'s event time to its label\'s. Half of the labels come sooner than the median.'],
  batch: ['batch size', 'How many images the model classifies at once, as a mean over images. It grows with the load.'],
  psi: ['PSI', 'The population stability index measures how far the predicted digits and confidences are from those of the validation images. Below 0.1 is small drift, from 0.25 on it is large.'],
  ece: ['ECE', 'The expected calibration error is the mean difference between confidence and accuracy. In a calibrated model, 90 of 100 predictions with a confidence of 90 % are right: the dots lie on the diagonal.'],
  precision: ['precision', 'Of the images predicted as a digit, the share that is this digit.'],
  recall: ['recall', 'Of the images of a digit, the share that is predicted as this digit.'],
  f1: ['F1', 'The harmonic mean of precision and recall. It is high only if both are.'],
};

const GAP = 6;
const WIDTH = 340;

/** Makes buttons of the terms in the page: of data-term, in place of its text; of data-terms, behind it. */
export function explain(root) {
  root.querySelectorAll('[data-term]').forEach(node => node.replaceChildren(termButton(node.dataset.term, node.textContent)));
  root.querySelectorAll('[data-terms]').forEach(node => {
    // Not in the heading, which names its section.
    const terms = element('p', {className: 'terms'}, ...node.dataset.terms.split(' ').map(term => termButton(term, TERMS[term][0])));
    const head = element('div', {className: 'head'});
    node.replaceWith(head);
    head.append(node, terms);
  });
}

function termButton(term, text) {
  const id = 'term-' + term;
  const tip = document.getElementById(id) ?? document.body.appendChild(element('div', {id, popover: 'auto', role: 'tooltip'}, TERMS[term][1]));
  const button = element('button', {type: 'button', className: 'term', popoverTargetElement: tip}, text);
  button.setAttribute('aria-describedby', id);
  // Several terms may share an explanation, so it moves to the one that opens it. The browser opens and closes it.
  button.addEventListener('click', () => place(tip, button.getBoundingClientRect()));
  return button;
}

function place(tip, term) {
  const below = term.bottom < innerHeight * 0.7;
  tip.style.left = Math.max(8, Math.min(term.left, innerWidth - WIDTH - 8)) + 'px';
  tip.style.top = below ? term.bottom + GAP + 'px' : 'auto';
  tip.style.bottom = below ? 'auto' : innerHeight - term.top + GAP + 'px';
}
