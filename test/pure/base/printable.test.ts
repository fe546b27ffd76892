import { describe, expect, it } from '@jest/globals';
import { printable, terminalSafe } from '../../../src/base/printable.ts';

describe('a text for people has', () => {
  it.each([
    ['its letters of any script as they are', 'Größe 大きさ 😀', 'Größe 大きさ 😀'],
    ['no control sequence of a terminal', '\u001b[2Jgone', '\\u001b[2Jgone'],
    ['no bell and no erased letters', 'a\u0007b\u0008c\u007f', 'a\\u0007b\\u0008c\\u007f'],
    ['no writing that is turned around', 'user\u202egnp.exe', 'user\\u202egnp.exe'],
    ['nothing that cannot be seen', 'a\u200bb\ufeffc', 'a\\u200bb\\ufeffc'],
    ['no other line breaks than those of a text', 'a\u2028b\u2029c', 'a\\u2028b\\u2029c'],
    ['no invisible character beyond the first plane', 'a\u{e0041}b', 'a\\udb40\\udc41b'],
    ['no half of a character', 'a\ud83d b\ude00', 'a\\ud83d b\\ude00'],
  ])('%s', (_what, text, shown) => {
    expect(terminalSafe(text)).toBe(shown);
    expect(printable(text)).toBe(shown);
  });

  it('its line breaks and tabs, which are written out in a value inside a line', () => {
    expect(terminalSafe('a\n\tb')).toBe('a\n\tb');
    expect(printable('a\n\tb')).toBe('a\\n\\tb');
  });
});
