// @vitest-environment happy-dom
import { expect, test } from 'vitest';

import { runOf } from '../plugins/link';

function clickOn(html: string): string | null {
  document.body.innerHTML = html;
  let found: string | null = null;
  const listen = (event: MouseEvent) => {
    found = runOf(event);
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
