/** Deletion of links whose machine is Express: its executions cannot be listed, so they are waited for. */
import { beforeEach, describe, expect, it } from '@jest/globals';
import { setCredentials } from '../../../../src/asl/credentials.ts';
import { RepairBackoff } from '../../../../src/controllers/state/repair-backoff.ts';
import { ObjectReconciler } from '../../../../src/controllers/objects/object-reconciler.ts';
import { IamPropagation } from '../../../../src/controllers/state/iam-propagation.ts';
import { FinalizeLink } from '../../../../src/controllers/link/finalize.ts';
import type { LinkObject } from '../../../../src/controllers/state/link-object.ts';
import { SOURCE, TARGET } from '../../access/fixtures.ts';
import { ObedientAccount } from '../obedient-account.ts';
import {
  accountOf,
  EXEC,
  SOURCE_ENTRY,
  TARGET_ENTRY,
  TestWorld,
  WANT,
} from '../objects/contributors-fixture.ts';
import { narrow } from '../../../expectations.ts';

const MINUTE_MS = 60_000;

describe('the deletion of a link to an Express machine', () => {
  let test: TestWorld;
  let aws: ObedientAccount;
  let object: LinkObject;

  beforeEach(async () => {
    test = new TestWorld();
    aws = new ObedientAccount(SOURCE);
    test.accounts.set(accountOf(SOURCE, [SOURCE_ENTRY], { aws }));
    test.accounts.set(accountOf(TARGET, [TARGET_ENTRY], { aws: new ObedientAccount(TARGET) }));
    object = test.add('checkout');
    test.put('checkout', EXEC.text);
    const [standard] = [...test.aws.machines.values()];
    narrow(standard, standard);
    const definition = setCredentials(standard.definition, new Map([['Send', object.link.targetRole.text]]));
    aws.machine = { ...standard, type: 'EXPRESS', definition };
  });

  /** The operator's part in it, as a process that has just begun has it. */
  function finalize(): FinalizeLink {
    const propagation = new IamPropagation(0, () => test.now);
    const passes = new ObjectReconciler(test.machines, propagation, new RepairBackoff(() => test.now));
    const parts = {
      contributors: test.contributors,
      passes,
      propagation,
      memory: test.memory,
      clusterId: 'prod',
    };
    return new FinalizeLink(parts, () => test.now);
  }

  async function run(by: FinalizeLink, deletingForMs: number) {
    const resolved = test.contributors.resolve(object);
    narrow(!('kind' in resolved), resolved);
    const look = { callOptions: WANT, deletingForMs, patienceMs: MINUTE_MS, knownRoleId: undefined };
    return by.run(resolved, look, { applied: [], kept: [] });
  }

  it('takes the Credentials away at once, and waits five minutes before it takes the rest', async () => {
    const by = finalize();
    expect(await run(by, 0)).toStrictEqual({
      kind: 'waits',
      reason: 'Deleting',
      message: 'Waits until Express executions that may still run have ended.',
      afterMs: 5 * MINUTE_MS,
    });
    expect(aws.writes).toStrictEqual(['UpdateStateMachine']);
    test.now = 5 * MINUTE_MS - 1;
    expect((await run(by, test.now)).kind).toBe('waits');
    test.now = 5 * MINUTE_MS;
    expect((await run(by, test.now)).kind).toBe('gone');
  });

  it('waits anew in a process that does not know when the Credentials went', async () => {
    await run(finalize(), 0);
    test.memory.forget(object.link.uid);
    test.now = 4 * MINUTE_MS;
    const successor = finalize();
    const result = await run(successor, test.now);
    expect(result.kind === 'waits' && result.afterMs).toBe(5 * MINUTE_MS);
    test.now = 9 * MINUTE_MS;
    expect((await run(successor, test.now)).kind).toBe('gone');
  });

  it('waits for nothing where no Credentials stood', async () => {
    const { machine } = aws;
    narrow(machine, machine);
    aws.machine = { ...machine, definition: setCredentials(machine.definition, new Map([['Send', null]])) };
    expect((await run(finalize(), 0)).kind).toBe('gone');
    expect(aws.writes).toStrictEqual([]);
  });

  it('waits for an alias that routes to a version with the role, however long', async () => {
    const { machine } = aws;
    narrow(machine, machine);
    aws.inUse = [{ machine, inUseBy: 'alias live' }];
    const by = finalize();
    const first = await run(by, 0);
    expect(first.kind === 'waits' ? first.message : '').toMatch(/still used by alias live/);
    test.now = 10 * MINUTE_MS;
    const later = await run(by, test.now);
    expect(later.kind === 'waits' && later.reason).toBe('DeletionBlocked');
    aws.inUse = [];
    test.now += 1;
    expect((await run(by, test.now)).kind).toBe('gone');
  });
});
