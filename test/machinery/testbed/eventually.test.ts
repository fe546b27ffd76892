import { describe, expect, it } from '@jest/globals';
import { eventually } from '../../../testbed/eventually.ts';

describe('eventually, told of changes', () => {
  it('looks once for each', async () => {
    const [first, second] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const changes = [first.promise, second.promise];
    let looks = 0;
    const waiting = eventually(
      'two changes',
      () => {
        looks += 1;
        if (looks === 1) first.resolve();
        if (looks === 2) second.resolve();
        if (looks < 3) throw new Error('not yet');
        return looks;
      },
      { nextChange: () => changes.shift() ?? new Promise(() => {}) },
    );
    expect(await waiting).toBe(3);
  });

  it('notices one that comes while it looks', async () => {
    const change = Promise.withResolvers<void>();
    const seen: string[] = [];
    await eventually(
      'a change during the look',
      async () => {
        seen.push('look');
        change.resolve();
        if (seen.length === 1) throw new Error('from before it');
      },
      { nextChange: () => change.promise },
    );
    expect(seen).toHaveLength(2);
  });

  it('looks after a second where it is told nothing', async () => {
    let looks = 0;
    await eventually(
      'the second look',
      () => {
        looks += 1;
        if (looks < 2) throw new Error('not yet');
      },
      { nextChange: () => new Promise(() => {}) },
    );
    expect(looks).toBe(2);
  });
});
