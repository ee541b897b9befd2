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

function idAfter(prefix: string, event: MouseEvent): string | null {
  const target = event.target instanceof Element ? event.target : null;
  const link = target?.closest(`a[href^="${prefix}"]`);
  if (!link?.closest('.jp-OutputArea, .jp-RenderedHTMLCommon')) {
    return null;
  }
  const encoded = link.getAttribute('href')?.slice(prefix.length) ?? '';
  return /^[\w-]{1,256}$/.test(encoded) ? encoded : null;
}
