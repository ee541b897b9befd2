const PREFIX = '#tracker-run=';

/** Return the id of the run whose link was clicked in an output; null for any other click. */
export function runOf(event: MouseEvent): string | null {
  const target = event.target instanceof Element ? event.target : null;
  const link = target?.closest(`a[href^="${PREFIX}"]`);
  if (!link?.closest('.jp-OutputArea, .jp-RenderedHTMLCommon')) {
    return null;
  }
  const encoded = link.getAttribute('href')?.slice(PREFIX.length) ?? '';
  return /^[\w-]{1,256}$/.test(encoded) ? encoded : null;
}
