import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { bad, draw, good, hanging, line, rowsOf, strong, widthOf } from '../../../src/cli/output/text.ts';

const plain = { colour: false };
/** Texts of any code points, control characters among them more often than chance would have it. */
const ANY_TEXT = fc
  .array(fc.oneof(fc.nat(0x10_ff_ff), fc.nat(0x1_00)), { maxLength: 60 })
  .map((codes) => String.fromCodePoint(...codes));
const ESCAPE = '\u001b';

describe('lines for people', () => {
  it('are plain where there are no colours', () => {
    expect(draw([line(good('✓'), ' fine'), line(strong('x'))], plain)).toBe('✓ fine\nx\n');
  });

  it('have the colour of what they mean, and it ends where it should', () => {
    expect(draw([line(bad('✗'), ' wrong')], { colour: true })).toBe(`${ESCAPE}[31m✗${ESCAPE}[39m wrong\n`);
  });

  it('are broken between words on a narrow terminal, and go on beneath their beginning', () => {
    const rows = rowsOf(hanging('│    ', '├─ ', 'a message of several words that is long'), {
      colour: false,
      columns: 24,
    });
    expect(rows).toStrictEqual(['├─ a message of several', '│    words that is long']);
  });

  it('leave a word whole that is longer than the terminal is wide', () => {
    const arn = 'arn:aws:iam::222222222222:role/crossaccountlink/payments/checkout';
    expect(rowsOf(hanging('  ', 'role ', arn), { colour: false, columns: 40 })).toStrictEqual([
      'role',
      `  ${arn}`,
    ]);
  });

  it('count what a terminal shows, not characters', () => {
    expect([widthOf('abc'), widthOf('日本'), widthOf('e\u0301'), widthOf('🚀')]).toStrictEqual([3, 4, 1, 2]);
  });

  it('cannot be coloured, broken or added to by what is inside of them', () => {
    fc.assert(
      fc.property(ANY_TEXT, fc.option(fc.integer({ min: 40, max: 60 })), (text, columns) => {
        const drawing = { colour: false, ...(columns !== null && { columns }) };
        const drawn = draw([line('a ', text, bad(text))], drawing);
        expect(drawn).not.toMatch(/[^\P{Cc}\n]/u);
        if (columns === null) expect(drawn.indexOf('\n')).toBe(drawn.length - 1);
      }),
    );
  });
});
