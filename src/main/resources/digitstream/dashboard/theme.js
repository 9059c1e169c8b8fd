// Before the first paint, so that the page does not flash in the other theme. Not a module, because modules run later.
try {
  document.documentElement.dataset.theme = localStorage.getItem('digitstream-theme') ?? '';
} catch {
  // Without storage, the choice lasts until the page is closed.
}
