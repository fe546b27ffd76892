import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { parseYaml } from '../../../src/cli/files/yaml.ts';

const problem = (text: string): string => {
  try {
    return JSON.stringify(parseYaml(text));
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
};

describe('a YAML text that does not read', () => {
  it.each([
    ['a:\n\tb: 1', 'line 2: the line is indented with a tab: use spaces'],
    ['a: [', /^line 1: .*or a bracket is not closed$/],
    ['a: b: c', /^line 1: a line has one ": " too many/],
    ['a: "x', /^line 1: a quote, a bracket, a comma or a space is missing$/],
    ['a: @x', /^line 1: a value begins with a character that means something else/],
    ['key\nb: c', /^line 1: a line that should be "key: value" has no colon/],
    ['{"a": 1', /^line 1: a quote, a bracket/],
    ['{"a": 1}}', /^line 1: there is something where nothing is expected/],
    ['a: *nobody', /^a word beginning with \* refers to an anchor that does not exist/],
    ['a: &x [*x]', /^its aliases \(\*name\) refer to each other/],
    ['a: 1\na: 2', 'the key "a" occurs twice in one map'],
  ])('%j says where and what', (text, message) => {
    expect(problem(text)).toMatch(message);
  });

  it('is reported in one line that shows none of the text', () => {
    const marks = fc.constantFrom(...'[]{}:,-?&*!|>%@`"\'\n\t #'.split(''), 'secret', ' ', '  ');
    fc.assert(
      fc.property(fc.array(marks, { maxLength: 20 }), (parts) => {
        const said = problem(parts.join(''));
        expect(said).not.toMatch(/\n|\^/);
      }),
    );
  });
});
