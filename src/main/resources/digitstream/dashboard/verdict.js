// The verdict: how the stream does, in words, in the header, the tab's title and its icon.
import {byId, clock, element, say} from './page.js';

// A sign for each level, so that nobody depends on colour.
export const SIGNS = {ok: '✓', warning: '!', critical: '✕', 'no-data': '–', unknown: '?'};
export const NAMES = {ok: 'OK', warning: 'Warning', critical: 'Critical', 'no-data': 'No data', unknown: 'Unknown'};

let shown = '';
let said = '';

/** Shows a verdict from the server, or null if it is not known whether the last one still holds. */
export function show(verdict) {
  const level = verdict?.level ?? 'unknown';
  const findings = verdict?.findings ?? [];
  const text = findings[0]?.text ?? (verdict ? verdict.text : 'The verdict is not known');
  document.title = `${SIGNS[level]} ${level === 'ok' ? 'OK' : text} – digitstream`;
  const key = JSON.stringify([level, verdict?.since, findings]);
  if (key === shown) {
    return;
  }
  shown = key;
  announce(level, findings, text);
  byId('icon').href = level === 'unknown' ? 'icon.svg' : `icon-${level}.svg`;
  const banner = byId('verdict-now');
  banner.className = level;
  byId('verdict-sign').textContent = SIGNS[level];
  byId('verdict-level').textContent = NAMES[level];
  byId('verdict-text').textContent = text;
  byId('verdict-since').textContent = verdict ? 'since ' + clock(findings[0]?.since ?? verdict.since) : '';
  byId('verdict-others').replaceChildren(...findings.slice(1).map(finding =>
      element('li', {className: finding.level},
          element('b', {}, SIGNS[finding.level] + ' '),
          `${finding.text}, since ${clock(finding.since)}`)));
}

/** Tells screen readers another verdict, but not each second's figures of the same one. */
function announce(level, findings, text) {
  const what = JSON.stringify([level, ...findings.slice(0, 1).map(finding => finding.rule)]);
  if (what !== said) {
    said = what;
    say(`${NAMES[level]}: ${text}`);
  }
}
