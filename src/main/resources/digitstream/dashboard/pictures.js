// Pictures of images in their topic: only those in sight, a few at a time. A browser opens few connections to a server, and while the
// brokers do not respond, each picture takes one for seconds, which the page's other requests would wait for.
const MAX_LOADING = 2;
const MAX_TRIES = 5;
const RETRY_MILLIS = 3_000;
const TIMEOUT_MILLIS = 20_000;

const waiting = new Set();
const tries = new WeakMap();
let loading = 0;

const sight = new IntersectionObserver(entries => entries.filter(entry => entry.isIntersecting).forEach(({target}) => {
  sight.unobserve(target);
  waiting.add(target);
  next();
}), {rootMargin: '300px'});

/** Loads a picture from the URL in its data when it comes into sight. */
export const load = picture => sight.observe(picture);

function next() {
  for (const picture of waiting) {
    if (loading >= MAX_LOADING) {
      return;
    }
    waiting.delete(picture);
    if (picture.isConnected) {
      start(picture);
    }
  }
}

function start(picture) {
  const nth = (tries.get(picture) ?? 0) + 1;
  tries.set(picture, nth);
  loading++;
  // Without a source, the picture fails.
  const late = setTimeout(() => { picture.src = ''; }, TIMEOUT_MILLIS);
  const end = failed => {
    picture.onload = picture.onerror = null;
    clearTimeout(late);
    loading--;
    // The brokers or the registry may be unavailable for the moment.
    if (failed && nth < MAX_TRIES) {
      setTimeout(() => {
        waiting.add(picture);
        next();
      }, RETRY_MILLIS);
    }
    next();
  };
  picture.onload = () => end(false);
  picture.onerror = () => end(true);
  picture.src = picture.dataset.url + (nth > 1 ? '&try=' + nth : '');
}
