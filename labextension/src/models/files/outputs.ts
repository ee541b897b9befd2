/** What a cell showed, as nbformat 4 has it and as far as it can be drawn. */
export type Output =
  | { readonly kind: 'stream'; readonly name: string; readonly text: string }
  | { readonly kind: 'data'; readonly bundle: Record<string, unknown> }
  | { readonly kind: 'error'; readonly text: string };

/** Return the outputs that a file holds; what does not look like one is left out. */
export function readOutputs(text: string): Output[] {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return [];
  }
  return (Array.isArray(parsed) ? parsed : []).flatMap(readOutput);
}

function readOutput(value: unknown): Output[] {
  const output = asRecord(value);
  if (output.output_type === 'stream') {
    return [
      { kind: 'stream', name: joined(output.name), text: joined(output.text) }
    ];
  }
  if (output.output_type === 'error') {
    return [{ kind: 'error', text: joined(output.traceback, '\n') }];
  }
  const entries = Object.entries(asRecord(output.data)).map(
    ([type, data]) => [type, isText(type) ? joined(data) : data] as const
  );
  return entries.length === 0
    ? []
    : [{ kind: 'data', bundle: Object.fromEntries(entries) }];
}

/** nbformat lets texts be lists of lines. JSON stays what it is. */
function isText(type: string): boolean {
  return !/[/+]json$/.test(type);
}

function joined(value: unknown, between = ''): string {
  return Array.isArray(value)
    ? value.map(String).join(between)
    : typeof value === 'string'
      ? value
      : '';
}

function asRecord(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null
    ? (value as Record<string, unknown>)
    : {};
}
