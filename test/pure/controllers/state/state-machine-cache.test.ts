import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { StateMachineCache } from '../../../../src/controllers/state/state-machine-cache.ts';
import type { ObservedStateMachine } from '../../../../src/observed/objects.ts';
import { machine as machineArn, role, SOURCE } from '../../access/fixtures.ts';
import { machine, task } from '../../asl/machines.ts';
import { FakeAccount } from '../fake-account.ts';

const ARN = machineArn('checkout').text;
const EXEC = role('checkout-exec', SOURCE).text;
const OTHER_EXEC = role('other-exec', SOURCE).text;
const WANT = { urgency: 'make', tenant: 'payments', maxWaitMs: 0 } as const;

function state(fields: Partial<ObservedStateMachine> = {}): ObservedStateMachine {
  return {
    arn: ARN,
    type: 'STANDARD',
    executionRoleArn: EXEC,
    definition: machine({ Send: task('arn:aws:states:::sqs:sendMessage') }),
    revisionId: 'r1',
    creationDate: '2026-01-01T00:00:00Z',
    ...fields,
  };
}

function express(fields: Partial<ObservedStateMachine> = {}): ObservedStateMachine {
  return state({ type: 'EXPRESS', ...fields });
}

const CHANGED = machine({ Publish: task('arn:aws:states:::sns:publish') });

function contributors(first: ObservedStateMachine | undefined = state()) {
  const clock = { now: 1_000 };
  const aws = new FakeAccount(SOURCE);
  if (first !== undefined) aws.machines.set(ARN, first);
  const machines = new StateMachineCache(() => clock.now);
  /** A read of now, for which the clock ticks, unless an older one may do. */
  const read = (maxAgeMs?: number) => {
    if (maxAgeMs === undefined) clock.now += 1;
    return machines.read(aws, ARN, WANT, maxAgeMs ?? 0);
  };
  const view = async () => {
    const sight = await read();
    assert.ok(sight.kind === 'found');
    return sight.view;
  };
  const readDefinitionsInUse = async (maxAgeMs = 0) =>
    machines.readDefinitionsInUse(aws, await view(), WANT, maxAgeMs);
  return { clock, aws, machines, read, view, readDefinitionsInUse };
}

/** Names of the Tasks as they are known. */
function knownTasks(machines: StateMachineCache): readonly string[] {
  const sight = machines.known(ARN);
  return sight?.kind === 'found' ? sight.view.definition.tasks.map(({ name }) => name) : [];
}

describe('a machine', () => {
  test('that was never read is unknown', () => {
    assert.equal(contributors().machines.known(ARN), undefined);
  });

  test('that was read is known with its Tasks and its execution role', async () => {
    const { machines, view } = contributors();
    const { executionRole } = await view();
    assert.deepEqual([executionRole.text, knownTasks(machines)], [EXEC, ['Send']]);
    assert.deepEqual(machines.under(EXEC), [ARN]);
  });

  test('that does not exist is known to be absent', async () => {
    const { aws, machines, read } = contributors();
    aws.machines.clear();
    assert.deepEqual(await read(), { kind: 'absent' });
    assert.deepEqual(machines.known(ARN), { kind: 'absent' });
  });

  const UNREADABLE = [
    {
      what: 'a definition that is none',
      fields: { definition: '{"StartAt":' },
      says: /^arn:\S+: definition: is no JSON/,
    },
    {
      what: 'no execution role that can be read',
      fields: { executionRoleArn: 'x' },
      says: /names no execution role/,
    },
  ];
  for (const { what, fields, says } of UNREADABLE) {
    test(`with ${what} is there, but not to be understood`, async () => {
      const sight = await contributors(state(fields)).read();
      assert.ok(sight.kind === 'unreadable');
      assert.match(sight.message, says);
    });
  }

  test('is not read again while the last read is young enough', async () => {
    const { clock, aws, read } = contributors();
    await read();
    clock.now += 2_000;
    await read(2_000);
    assert.equal(aws.reads.length, 1);
    await read(1_999);
    assert.equal(aws.reads.length, 2);
  });

  test('that did not change stays the very same, so that what was worked out from it holds', async () => {
    const { view } = contributors();
    assert.equal(await view(), await view());
  });

  test('that was made anew with the same definition is another one', async () => {
    const { aws, view } = contributors();
    const before = await view();
    aws.machines.set(ARN, state({ creationDate: '2026-02-01T00:00:00Z' }));
    assert.notEqual(await view(), before);
  });

  test('that runs under another role now is found under that one alone', async () => {
    const { aws, machines, read } = contributors();
    await read();
    aws.machines.set(ARN, state({ executionRoleArn: OTHER_EXEC }));
    await read();
    assert.deepEqual([machines.under(EXEC), machines.under(OTHER_EXEC)], [[], [ARN]]);
  });

  test('whose doubt was called is read by the next one who asks, and still known meanwhile', async () => {
    const { aws, machines, read } = contributors();
    await read();
    machines.doubt(ARN);
    assert.deepEqual(machines.under(EXEC), [ARN]);
    await read(60_000);
    assert.equal(aws.reads.length, 2);
  });

  test('that could not be read stays as it was known', async () => {
    const { aws, machines, read } = contributors();
    await read();
    aws.failure = new Error('no');
    await assert.rejects(read(), /no/);
    assert.deepEqual(knownTasks(machines), ['Send']);
  });
});

describe('an own write', () => {
  test('is known at once', async () => {
    const { machines, read } = contributors();
    await read();
    machines.written(state({ definition: CHANGED, revisionId: 'r2' }));
    assert.deepEqual(knownTasks(machines), ['Publish']);
  });

  test('is not undone by a read that began before it', async () => {
    const { clock, aws, machines, read } = contributors();
    const gate = Promise.withResolvers<void>();
    aws.gate = gate.promise;
    const reading = read();
    clock.now += 10;
    machines.written(state({ definition: CHANGED, revisionId: 'r2' }));
    gate.resolve();
    const sight = await reading;
    assert.deepEqual(sight, machines.known(ARN));
    assert.deepEqual(knownTasks(machines), ['Publish']);
  });

  test('is not undone by a look at old definitions that began before it, and these are looked at again', async () => {
    const { clock, aws, machines, view } = contributors();
    const before = await view();
    const gate = Promise.withResolvers<void>();
    aws.gate = gate.promise;
    const looking = machines.readDefinitionsInUse(aws, before, WANT, 0);
    clock.now += 10;
    machines.written(state({ definition: CHANGED, revisionId: 'r2' }));
    aws.inUse = [{ machine: state(), inUseBy: 'execution run-17' }];
    gate.resolve();
    const { inUse } = await looking;
    assert.deepEqual(knownTasks(machines), ['Publish']);
    assert.deepEqual(
      inUse?.map(({ inUseBy }) => inUseBy),
      ['execution run-17'],
    );
  });
});

describe('what still runs of a machine', () => {
  const RUNNING = { machine: state({ executionRoleArn: OTHER_EXEC }), inUseBy: 'alias live (version 3)' };

  test('is not known before it is looked at', async () => {
    assert.equal((await contributors().view()).inUse, undefined);
  });

  test('is found under its own execution role, too', async () => {
    const { aws, machines, readDefinitionsInUse } = contributors();
    aws.inUse = [RUNNING];
    assert.deepEqual(
      (await readDefinitionsInUse()).inUse?.map(({ inUseBy }) => inUseBy),
      ['alias live (version 3)'],
    );
    assert.deepEqual(machines.under(OTHER_EXEC), [ARN]);
  });

  test('is not looked at again while the last look is young enough', async () => {
    const { clock, aws, readDefinitionsInUse } = contributors();
    await readDefinitionsInUse();
    clock.now += 1_999;
    await readDefinitionsInUse(2_000);
    await readDefinitionsInUse(2_000);
    assert.equal(aws.reads.filter((read) => read.startsWith('former')).length, 2);
  });

  test('is unknown again once the machine changed', async () => {
    const { aws, view, readDefinitionsInUse } = contributors();
    await readDefinitionsInUse();
    aws.machines.set(ARN, state({ definition: CHANGED, revisionId: 'r2' }));
    assert.equal((await view()).inUse, undefined);
  });
});

describe('an Express machine, whose executions cannot be listed,', () => {
  test('keeps each definition for the five minutes that an execution may live', async () => {
    const { clock, aws, machines, view } = contributors(express());
    await view();
    aws.machines.set(ARN, express({ definition: CHANGED, executionRoleArn: OTHER_EXEC, revisionId: 'r2' }));
    assert.deepEqual(
      (await view()).recent.map(({ executionRole }) => executionRole.text),
      [EXEC],
    );
    assert.deepEqual(machines.under(EXEC), [ARN]);
    clock.now += 299_998;
    assert.equal((await view()).recent.length, 1);
    assert.equal((await view()).recent.length, 0);
    assert.deepEqual(machines.under(EXEC), []);
  });
});

test('roles are found by name, in whatever path, for events tell no more', async () => {
  const { machines, read } = contributors(
    state({ executionRoleArn: role('deep/er/checkout-exec', SOURCE).text }),
  );
  await read();
  assert.deepEqual(machines.rolesNamed(SOURCE, 'checkout-exec'), [
    role('deep/er/checkout-exec', SOURCE).text,
  ]);
  assert.deepEqual(machines.rolesNamed('333333333333', 'checkout-exec'), []);
});

test('a machine that no link is about any more is forgotten, its role as well', async () => {
  const { machines, read } = contributors();
  await read();
  machines.forget(ARN);
  assert.equal(machines.known(ARN), undefined);
  assert.deepEqual(machines.under(EXEC), []);
  assert.deepEqual(machines.rolesNamed(SOURCE, 'checkout-exec'), []);
});
