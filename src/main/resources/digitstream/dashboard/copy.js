// Copying text to the clipboard.

/** Copies a text. Returns whether it was copied. */
export async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    // Browsers offer this interface to https and loopback only, and may refuse it there.
    return copySelection(text);
  }
}

/** The older way: select the text in a field and copy the selection. */
function copySelection(text) {
  const focused = document.activeElement;
  const field = document.createElement('textarea');
  field.value = text;
  field.readOnly = true;
  field.className = 'unseen';
  document.body.append(field);
  field.select();
  try {
    return document.execCommand('copy');
  } finally {
    field.remove();
    focused?.focus({preventScroll: true});
  }
}
