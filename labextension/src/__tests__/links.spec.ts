// @vitest-environment happy-dom
import { expect, test } from 'vitest';

import { cancelledRunOf, followLinks, runOf } from '../plugins/link';

function clickOn(html: string, read = runOf): string | null {
  document.body.innerHTML = html;
  let found: string | null = null;
  const listen = (event: MouseEvent) => {
    found = read(event);
    event.preventDefault();
  };
  document.addEventListener('click', listen, true);
  document.querySelector<HTMLElement>('.target')?.click();
  document.removeEventListener('click', listen, true);
  return found;
}

test('a link of a run card tells its run', () => {
  const card =
    '<div class="jp-OutputArea"><a href="#tracker-run=0f8fad"><b class="target">x</b></a></div>';
  expect(clickOn(card)).toBe('0f8fad');
});

test.each([
  '<a class="target" href="#tracker-run=0f8fad">not in an output</a>',
  '<div class="jp-OutputArea"><a class="target" href="#other">x</a></div>',
  '<div class="jp-OutputArea"><a class="target" href="#tracker-run=../x">x</a></div>',
  '<div class="jp-OutputArea"><a class="target" href="#tracker-run=">x</a></div>',
  '<div class="jp-OutputArea"><b class="target">x</b></div>'
])('any other click is left alone: %s', html => {
  expect(clickOn(html)).toBeNull();
});

test('the cancel link of a run card tells its run, and opens nothing', () => {
  const card =
    '<div class="jp-OutputArea"><a class="target" href="#tracker-cancel=0f8fad">Cancel</a></div>';
  expect(clickOn(card, cancelledRunOf)).toBe('0f8fad');
  expect(clickOn(card)).toBeNull();
  expect(clickOn(card.replace('0f8fad', '../x'), cancelledRunOf)).toBeNull();
});

test('a press follows a link once, and so does the keyboard', () => {
  document.body.innerHTML =
    '<div class="jp-OutputArea"><a class="target" href="#tracker-run=0f8fad">x</a></div>';
  const followed: string[] = [];
  followLinks(runOf, runId => followed.push(runId));
  const link = document.querySelector<HTMLElement>('.target');
  const send = (type: string, init: MouseEventInit) =>
    link?.dispatchEvent(
      new MouseEvent(type, { bubbles: true, cancelable: true, ...init })
    );
  send('pointerdown', { button: 0 });
  send('click', { button: 0, detail: 1 });
  expect(followed).toEqual(['0f8fad']);
  send('click', { detail: 0 });
  expect(followed).toEqual(['0f8fad', '0f8fad']);
  send('pointerdown', { button: 2 });
  expect(followed).toHaveLength(2);
});
