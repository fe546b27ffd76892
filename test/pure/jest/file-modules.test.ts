import { beforeEach, describe, expect, it } from '@jest/globals';
import { FileModules } from '../../jest/file-modules.ts';

const STAYS = 'src/policy/glob.ts';
const OWN = 'test/pure/policy/glob.test.ts';

let kept: Map<string, unknown>;
const nextFile = () => new FileModules(kept, (key) => key === STAYS);
const loadedBy = (modules: FileModules) => [STAYS, OWN].filter((key) => modules.has(key));

beforeEach(() => {
  kept = new Map();
});

describe('the modules of a test file', () => {
  it('hold what files before it have loaded and left, and none of their own modules', () => {
    nextFile().set(STAYS, 'first').set(OWN, 'first');
    const second = nextFile();
    expect(loadedBy(second)).toStrictEqual([STAYS]);
    expect([second.get(STAYS), second.get(OWN)]).toStrictEqual(['first', undefined]);
  });

  it('are given up one by one', () => {
    const modules = nextFile().set(STAYS, 'first').set(OWN, 'first');
    expect([modules.delete(STAYS), modules.delete(OWN), modules.delete(OWN)]).toStrictEqual([
      true,
      true,
      false,
    ]);
    expect([loadedBy(modules), kept.size]).toStrictEqual([[], 0]);
  });

  it.each([
    ['once it has cleared them', (modules: FileModules) => modules.clear(), []],
    ['once it loads what is kept again', (modules: FileModules) => modules.loadKeptAnew(), [OWN]],
  ])('are the file’s alone %s: the next one has what was kept before', (_when, change, left) => {
    const modules = nextFile().set(STAYS, 'first').set(OWN, 'first');
    change(modules);
    expect(loadedBy(modules)).toStrictEqual(left);
    modules.set(STAYS, 'of this file');
    expect([modules.get(STAYS), nextFile().get(STAYS)]).toStrictEqual(['of this file', 'first']);
  });
});
