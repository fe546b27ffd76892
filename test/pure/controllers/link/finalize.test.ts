/** The deletion of a link whose machine is Express: its executions cannot be listed, so it waits as long as one may last. */
import { beforeEach, describe, expect, it } from '@jest/globals';
import { setCredentials } from '../../../../testbed/set-credentials.ts';
import type { FinalizeLink } from '../../../../src/controllers/link/finalize.ts';
import type { LinkObject } from '../../../../src/controllers/state/link-object.ts';
import type { DeletionOutcome } from '../../../../src/report/deletion-outcome.ts';
import { CALLS, EXEC, SENDING, TestCluster } from '../test-cluster.ts';

const MINUTE_MS = 60_000;

describe('the deletion of a link to an Express machine', () => {
  let the: TestCluster;
  let object: LinkObject;
  let arn: string;

  beforeEach(() => {
    the = new TestCluster();
    object = the.add('checkout');
    arn = object.link.stateMachine.text;
    put(setCredentials(SENDING, new Map([['Send', object.link.targetRole.text]])));
  });

  function put(definition: string) {
    the.put('checkout', EXEC.text, definition);
    const machine = the.source.machines.get(arn);
    if (machine !== undefined) the.source.machines.set(arn, { ...machine, type: 'EXPRESS' });
  }

  function withCredentialsOnRecord(of: LinkObject): LinkObject {
    const inventory = [...(of.status.inventory ?? []), { leg: 'StateMachineCredentials', arn } as const];
    return { ...of, status: { ...of.status, inventory } };
  }

  function run(by: FinalizeLink, deletingForMs: number): Promise<DeletionOutcome> {
    const options = {
      callOptions: CALLS,
      deletingForMs,
      patienceMs: MINUTE_MS,
    };
    return by.run(the.resolved(object), options, { applied: [], kept: [], leftBehind: [] });
  }

  it('takes the Credentials away at once, and waits five minutes before it takes the rest', async () => {
    const by = the.restarted().finalize;
    expect(await run(by, 0)).toStrictEqual({
      kind: 'waits',
      outcome: {
        kind: 'progressing',
        reason: 'Deleting',
        message: 'Waits until Express executions that may still run have ended.',
      },
      afterMs: 5 * MINUTE_MS,
    });
    expect(the.source.written).toStrictEqual(['UpdateStateMachine checkout']);
    the.now = 5 * MINUTE_MS - 1;
    expect((await run(by, the.now)).kind).toBe('waits');
    the.now = 5 * MINUTE_MS;
    expect((await run(by, the.now)).kind).toBe('gone');
  });

  it('waits the whole time again in a process that does not know when the Credentials went', async () => {
    object = withCredentialsOnRecord(object);
    await run(the.restarted().finalize, 0);
    the.now = 4 * MINUTE_MS;
    const successor = the.restarted().finalize;
    expect(await run(successor, the.now)).toMatchObject({ afterMs: 5 * MINUTE_MS });
    the.now = 9 * MINUTE_MS;
    expect((await run(successor, the.now)).kind).toBe('gone');
  });

  it.each([0, -10_000])(
    'waits as long where the clocks of API server and operator differ: a deletion %d ms old',
    async (deletingForMs) => {
      object = withCredentialsOnRecord(object);
      await run(the.restarted().finalize, 0);
      the.now = MINUTE_MS;
      expect(await run(the.restarted().finalize, deletingForMs)).toMatchObject({ afterMs: 5 * MINUTE_MS });
    },
  );

  it('waits for nothing where no Credentials stood', async () => {
    put(SENDING);
    expect((await run(the.restarted().finalize, 0)).kind).toBe('gone');
    expect(the.source.written).toStrictEqual([]);
  });

  it('waits for an alias that routes to a version with the role, however long', async () => {
    const machine = the.source.machines.get(arn);
    the.source.inUse = machine === undefined ? [] : [{ machine, inUseBy: 'alias live' }];
    const by = the.restarted().finalize;
    expect(await run(by, 0)).toMatchObject({
      outcome: { kind: 'progressing', message: expect.stringMatching(/still used by alias live/) },
    });
    the.now = 10 * MINUTE_MS;
    expect(await run(by, the.now)).toMatchObject({
      outcome: { kind: 'stalled', reason: 'DeletionBlocked' },
    });
    the.source.inUse = [];
    the.now += 1;
    expect((await run(by, the.now)).kind).toBe('gone');
  });
});
