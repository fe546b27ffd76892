import { describe, expect, it } from '@jest/globals';
import {
  hasDeparted,
  depart,
  LinkMemory,
  type SharedObject,
} from '../../../../src/controllers/state/link-memory.ts';

describe('what is remembered of a link', () => {
  it('begins with nothing, and is not made by being looked at', () => {
    const memory = new LinkMemory(() => true);
    expect(memory.seen('uid')).toMatchObject({ rolesReadyFor: undefined, wayDown: undefined, failures: 0 });
    expect(memory.seen('uid')).toBe(memory.seen('another'));
    expect(memory.of('uid')).not.toBe(memory.seen('another'));
  });

  it('is seen once it was noted', () => {
    const memory = new LinkMemory(() => true);
    memory.of('uid').suspect = true;
    expect(memory.seen('uid').suspect).toBe(true);
    expect(memory.seen('another').suspect).toBe(false);
  });

  it('ends when the link is gone', () => {
    const memory = new LinkMemory(() => true);
    memory.of('uid').suspect = true;
    memory.forget('uid');
    expect(memory.seen('uid').suspect).toBe(false);
  });

  it('is not begun again by a reconcile that outlives its link', () => {
    const memory = new LinkMemory((uid) => uid !== 'gone');
    memory.of('gone').failures += 1;
    expect(memory.seen('gone').failures).toBe(0);
  });
});

describe('a deletion lets go of objects in their order', () => {
  const ORDER: readonly SharedObject[] = ['stateMachine', 'executionRole', 'targetRole'];
  it.each(
    ORDER.flatMap((at, reached) => ORDER.map((object, index) => [at, object, index <= reached] as const)),
  )('at %s, has let go of %s: %s', (at, object, has) => {
    const memory = new LinkMemory(() => true).of('uid');
    depart(memory, at);
    expect(hasDeparted(memory, object)).toBe(has);
  });

  it('and there is no way back', () => {
    const memory = new LinkMemory(() => true).of('uid');
    depart(memory, 'targetRole');
    depart(memory, 'stateMachine');
    expect(hasDeparted(memory, 'targetRole')).toBe(true);
  });
});
