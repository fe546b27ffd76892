import { describe, expect, it } from '@jest/globals';
import {
  hasDeparted,
  depart,
  LinkMemories,
  type SharedObject,
} from '../../../../src/controllers/state/link-memory.ts';

describe('what is remembered of a link', () => {
  it('begins with nothing, and is not made by being looked at', () => {
    const memories = new LinkMemories(() => true);
    expect(memories.peek('uid')).toMatchObject({ rolesReadyFor: undefined, wayDown: undefined, failures: 0 });
    expect(memories.peek('uid')).toBe(memories.peek('another'));
    expect(memories.of('uid')).not.toBe(memories.peek('another'));
  });

  it('is seen once it was noted', () => {
    const memories = new LinkMemories(() => true);
    memories.of('uid').suspect = true;
    expect(memories.peek('uid').suspect).toBe(true);
    expect(memories.peek('another').suspect).toBe(false);
  });

  it('ends when the link is gone', () => {
    const memories = new LinkMemories(() => true);
    memories.of('uid').suspect = true;
    memories.forget('uid');
    expect(memories.peek('uid').suspect).toBe(false);
  });

  it('is not begun again by a reconcile that outlives its link', () => {
    const memories = new LinkMemories((uid) => uid !== 'gone');
    memories.of('gone').failures += 1;
    expect(memories.peek('gone').failures).toBe(0);
  });
});

describe('a deletion lets go of objects in their order', () => {
  const ORDER: readonly SharedObject[] = ['stateMachine', 'executionRole', 'targetRole'];
  it.each(
    ORDER.flatMap((at, reached) => ORDER.map((object, index) => [at, object, index <= reached] as const)),
  )('at %s, has let go of %s: %s', (at, object, has) => {
    const memory = new LinkMemories(() => true).of('uid');
    depart(memory, at);
    expect(hasDeparted(memory, object)).toBe(has);
  });

  it('and there is no way back', () => {
    const memory = new LinkMemories(() => true).of('uid');
    depart(memory, 'targetRole');
    depart(memory, 'stateMachine');
    expect(hasDeparted(memory, 'targetRole')).toBe(true);
  });
});
