import { describe, expect, it } from '@jest/globals';
import { parseYaml } from '../../../src/cli/files/yaml.ts';

describe('a plain word in a manifest is what kubectl reads', () => {
  // What "kubectl create --dry-run=client -o json" of 1.36 makes of each.
  it.each<[string, unknown]>([
    ['y', true],
    ['Yes', true],
    ['YES', true],
    ['on', true],
    ['n', false],
    ['no', false],
    ['Off', false],
    ['yEs', 'yEs'],
    ['tRUE', 'tRUE'],
    ['"yes"', 'yes'],
    ['True', true],
    ['~', null],
    ['010', 8],
    ['-010', -8],
    ['0o10', 8],
    ['0b11', 3],
    ['1_000', 1000],
    ['0_8', 8],
    ['08', 8],
    ['0x1F', 31],
    ['012345671234', 1_402_434_204],
    ['012345678901', 12_345_678_901],
    ['"012345678901"', '012345678901'],
    ['1e3', 1000],
    ['1:30', '1:30'],
    ['2026-11-27', '2026-11-27'],
  ])('%s', (word, value) => {
    expect(parseYaml(`key: ${word}`)).toStrictEqual([{ key: value }]);
  });
});

describe('a key that is a list or a map', () => {
  it.each(['? [a]\n: b', '{a: b}: c', 'name: {{ x }}'])('in %j is refused with a word', (text) => {
    expect(() => parseYaml(text)).toThrow('a key is a list or a map');
  });
});
