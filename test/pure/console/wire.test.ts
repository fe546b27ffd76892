import { describe, expect, it } from '@jest/globals';
import { diffValues } from '../../../src/console/model/diff.ts';
import { wireText } from '../../../src/console/server/wire.ts';

describe('what the page gets', () => {
  it('shows what cannot be seen or turns the direction of writing, at any depth', () => {
    const value = { rows: [{ message: '\u202Eevil\u200B\u001b[2J' }], count: 1 };
    expect(JSON.parse(wireText(value))).toStrictEqual({
      rows: [{ message: '\\u202eevil\\u200b\\u001b[2J' }],
      count: 1,
    });
  });

  it('leaves line breaks, tabs and all other writing alone', () => {
    const value = { message: 'a\n\tb — ünïcödé 計算' };
    expect(JSON.parse(wireText(value))).toStrictEqual(value);
  });

  it('is not undone where a difference is laid out', () => {
    const { found } = JSON.parse(wireText({ found: '{"Sid": "a\u202Eb"}' }));
    expect(JSON.stringify(diffValues(undefined, found))).toContain('a\\\\u202eb');
  });
});
