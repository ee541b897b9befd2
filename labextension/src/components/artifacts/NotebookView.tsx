import * as React from 'react';
import type { IRenderMimeRegistry } from '@jupyterlab/rendermime';

import type { Book, BookCell } from '../../models/files/notebookFile';
import { useTrans } from '../common/context';
import { Outputs } from '../common/Outputs';
import { Rendered } from '../common/Rendered';
import { fenced } from './SourceView';

const AT_ONCE = 50;

/** A notebook as a notebook: its text, code and outputs, none of it trusted. */
export function NotebookView(props: {
  book: Book;
  rendermime: IRenderMimeRegistry;
}): JSX.Element {
  const { book, rendermime } = props;
  const trans = useTrans();
  const [shown, setShown] = React.useState(AT_ONCE);
  const left = book.cells.length - shown;
  return (
    <div className="jp-tracker-book" tabIndex={0}>
      {book.cells.length === 0 && (
        <p className="jp-tracker-nothing">{trans.__('An empty notebook')}</p>
      )}
      {book.cells.slice(0, shown).map(cell => (
        <Cell
          key={cell.id}
          cell={cell}
          language={book.language}
          rendermime={rendermime}
        />
      ))}
      {left > 0 && (
        <button
          type="button"
          className="jp-tracker-button"
          onClick={() => setShown(shown + 4 * AT_ONCE)}
        >
          {trans._n('Show %1 more cell', 'Show %1 more cells', left)}
        </button>
      )}
    </div>
  );
}

function Cell(props: {
  cell: BookCell;
  language: string;
  rendermime: IRenderMimeRegistry;
}): JSX.Element {
  const { cell, language, rendermime } = props;
  const bundle = React.useMemo(
    () =>
      cell.kind === 'markdown'
        ? { 'text/markdown': cell.source }
        : fenced(cell.source, cell.kind === 'code' ? language : ''),
    [cell, language]
  );
  return (
    <div className="jp-tracker-book-cell" data-kind={cell.kind}>
      <span className="jp-tracker-book-prompt">
        {cell.kind === 'code' && `[${cell.count ?? ' '}]:`}
      </span>
      <div>
        <Rendered rendermime={rendermime} bundle={bundle} />
        {cell.outputs.length > 0 && (
          <Outputs outputs={cell.outputs} rendermime={rendermime} />
        )}
      </div>
    </div>
  );
}
