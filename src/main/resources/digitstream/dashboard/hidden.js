// A page that nobody sees: it closes its event stream, which is one of the few connections that browsers open to a server, and asks for
// the verdict instead, so that the tab's title and icon go on to show it.
const HIDDEN_MILLIS = 10_000;
const RETRY_MILLIS = 4_000;

let timer = null;
let worker = null;
let latest = null;

/** The verdict that was last asked for while the page is hidden; null if it is visible or the server did not answer. */
export const verdict = () => latest;

/** Whether the page has been hidden for long enough to have no stream. */
export const isWatching = () => worker != null;

/**
 * Watches whether the page is hidden.
 * @param hide called when it has been hidden for some seconds; returns the verdict that is shown, or null
 * @param show called when it is visible again, after hide
 * @param judged called when another verdict has come
 */
export function watch(hide, show, judged) {
  const ask = () => {
    worker = new Worker('poll.js');
    worker.addEventListener('message', event => {
      latest = event.data;
      judged();
    });
    // The script could not be loaded.
    worker.addEventListener('error', () => {
      latest = null;
      timer = setTimeout(ask, RETRY_MILLIS);
    });
  };
  document.addEventListener('visibilitychange', change);
  change();

  function change() {
    clearTimeout(timer);
    if (document.hidden) {
      timer = setTimeout(() => {
        ask();
        latest = hide();
      }, HIDDEN_MILLIS);
    } else if (worker) {
      worker.terminate();
      worker = null;
      show();
    }
  }
}

/** Forgets the verdict: the stream has sent another. */
export const forget = () => { latest = null; };
