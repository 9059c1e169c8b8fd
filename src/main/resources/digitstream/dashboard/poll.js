// Asks for the verdict every few seconds. A worker, because browsers slow the timers of a hidden page down to one a minute.
const INTERVAL_MILLIS = 4_000;
const TIMEOUT_MILLIS = 4_000;

async function poll() {
  try {
    const answer = await fetch('api/verdict', {cache: 'no-store', signal: AbortSignal.timeout(TIMEOUT_MILLIS)});
    postMessage(answer.ok ? await answer.json() : null);
  } catch {
    postMessage(null);
  }
  setTimeout(poll, INTERVAL_MILLIS);
}

poll();
