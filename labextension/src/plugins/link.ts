const RUN = '#tracker-run=';
const CANCEL = '#tracker-cancel=';

/** Return the id of the run whose link was clicked in an output; null for any other click. */
export function runOf(event: MouseEvent): string | null {
  return idAfter(RUN, event);
}

/** Return the id of the run whose cancel link was clicked in an output; null otherwise. */
export function cancelledRunOf(event: MouseEvent): string | null {
  return idAfter(CANCEL, event);
}

/**
 * Call back with the run whose link somebody follows.
 *
 * A card is drawn anew several times a second, often between the press of a button and its release:
 * then there is no click on the link. So the press counts, and the click only from the keyboard.
 */
export function followLinks(
  read: (event: MouseEvent) => string | null,
  follow: (runId: string) => void
): void {
  const onEvent = (event: MouseEvent) => {
    const runId = read(event);
    if (runId === null) {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
    const isPress = event.type === 'pointerdown' && event.button === 0;
    const isKey = event.type === 'click' && event.detail === 0;
    if (isPress || isKey) {
      follow(runId);
    }
  };
  // Before JupyterLab's own handling of links, which would jump to a heading of that name.
  document.addEventListener('pointerdown', onEvent, true);
  document.addEventListener('click', onEvent, true);
}

function idAfter(prefix: string, event: MouseEvent): string | null {
  const target = event.target instanceof Element ? event.target : null;
  const link = target?.closest(`a[href^="${prefix}"]`);
  if (!link?.closest('.jp-OutputArea, .jp-RenderedHTMLCommon')) {
    return null;
  }
  const encoded = link.getAttribute('href')?.slice(prefix.length) ?? '';
  return /^[\w-]{1,256}$/.test(encoded) ? encoded : null;
}
