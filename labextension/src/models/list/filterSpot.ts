/** What a filter expects at the cursor: the words before it say so, as the engine reads them. */

/** What may stand where the cursor is. */
export type Expected = 'field' | 'operator' | 'value' | 'join';

/** The word at the cursor, [from, to), and what it is to be. */
export interface Spot {
  readonly expected: Expected;
  readonly from: number;
  readonly to: number;
  /** The part of the word before the cursor. */
  readonly typed: string;
  /** The name that operators or values are wanted for; '' for none. */
  readonly field: string;
  /** The words of an operator that stand there already, as `NOT`. */
  readonly begun: string;
  /** Whether a value stands in the brackets of a list. */
  readonly inList: boolean;
}

type State = Expected | 'list' | 'listEnd';

interface Word {
  readonly text: string;
  readonly from: number;
  readonly to: number;
}

const QUOTED =
  '`[^`]*`?|\'(?:[^\'\\\\]|\\\\\'|\\\\)*\'?|"(?:[^"\\\\]|\\\\"|\\\\)*"?';
const WORD = new RegExp(
  `[\\p{L}_][\\p{L}\\p{N}_]*(?:\\.(?:${QUOTED}|[\\p{L}\\p{N}_.]*)(?:\\.\\w*)?)?` +
    `|${QUOTED}|-?[.\\d][\\w.]*(?:[eE][+-]?\\d+)?|[<>=!~]+|[(),]|\\S`,
  'gu'
);
const OPERATOR = /^(?:[<>=!~]+|I?LIKE|IN|(?:NOT )?NULL)$/i;

/** Return what is expected at the cursor. */
export function spotAt(text: string, cursor: number): Spot {
  const words = wordsOf(text);
  const at = words.find(word => word.from < cursor && cursor <= word.to);
  const isOpen = at !== undefined && !isFinished(at, cursor);
  const before = words.filter(
    word => word.to <= cursor && !(isOpen && word === at)
  );
  const { state, field, begun } = read(before);
  return {
    expected: state === 'list' ? 'value' : state === 'listEnd' ? 'join' : state,
    from: isOpen ? at.from : cursor,
    to: isOpen ? at.to : cursor,
    typed: isOpen ? text.slice(at.from, cursor) : '',
    field,
    begun,
    inList: state === 'list'
  };
}

function wordsOf(text: string): Word[] {
  return [...text.matchAll(WORD)].map(match => ({
    text: match[0],
    from: match.index,
    to: match.index + match[0].length
  }));
}

/** Brackets, commas and texts that were closed are not gone on with. */
function isFinished(word: Word, cursor: number): boolean {
  const isClosed = /^(['"]).*\1$/s.test(word.text) && word.text.length > 1;
  return /^[(),]$/.test(word.text) || (isClosed && cursor === word.to);
}

function read(words: readonly Word[]): {
  state: State;
  field: string;
  begun: string;
} {
  let state: State = 'field';
  let field = '';
  let begun = '';
  for (const { text } of words) {
    const upper = text.toUpperCase();
    switch (state) {
      case 'field':
        if (upper !== 'NOT' && text !== '(') {
          field = text;
          state = 'operator';
        }
        break;
      case 'operator':
        begun = begun === '' ? upper : `${begun} ${upper}`;
        state = afterOperator(begun);
        begun = state === 'operator' ? begun : '';
        break;
      case 'value':
        state = 'join';
        break;
      case 'list':
        state = text === '(' || text === ',' ? 'list' : 'listEnd';
        break;
      case 'listEnd':
        state = text === ',' ? 'list' : 'join';
        break;
      case 'join':
        state = upper === 'AND' || upper === 'OR' ? 'field' : 'join';
    }
  }
  return { state, field, begun };
}

function afterOperator(begun: string): State {
  const last = begun.split(' ').at(-1) ?? '';
  if (last === 'NULL') {
    return 'join';
  }
  if (last === 'IN') {
    return 'list';
  }
  return OPERATOR.test(last) ? 'value' : 'operator';
}
