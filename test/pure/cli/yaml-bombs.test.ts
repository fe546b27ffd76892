/** Texts that would take a parser of YAML long are refused before it sees them, and ordinary ones up to the bounds are not. */
import { describe, expect, it } from '@jest/globals';
import { refuseBombs } from '../../../src/cli/files/yaml.ts';

/** `[a, [a, …`: lists in each other, with a word between any two brackets. */
const nested = (depth: number) => `${'[a, '.repeat(depth)}b${']'.repeat(depth)}`;
const DEEP = /^its lists and maps are nested more than 64 levels deep$/;

describe('a YAML text', () => {
  it.each([
    ['lists in each other, with words between them', nested(65), DEEP],
    ['dashes in a row', `${'- '.repeat(65)}a`, DEEP],
    ['question marks in a row', `${'? '.repeat(65)}a`, DEEP],
    ['directives', '%a b\n'.repeat(101), /^it has more than 100 directives$/],
    ['words and marks', '- a\n'.repeat(200_000), /^it has more than 400000 words and marks$/],
  ])('with too many %s is refused', (_what, text, said) => {
    expect(() => refuseBombs(text)).toThrow(said);
  });

  it.each([
    ['64 lists in each other', nested(64)],
    ['many lists beside each other', nested(60).concat('\n').repeat(50)],
    ['64 dashes in a row', `${'- '.repeat(64)}a`],
    ['dashes that words part', '- a\n'.repeat(1_000)],
    ['100 directives', '%a b\n'.repeat(100)],
  ])('with %s is not', (_what, text) => {
    expect(() => refuseBombs(text)).not.toThrow();
  });
});
