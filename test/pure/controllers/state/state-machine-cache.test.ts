import { describe, expect, test } from '@jest/globals';
import type { AwsFailure } from '../../../../src/aws/errors/errors.ts';
import { StateMachineCache } from '../../../../src/controllers/state/state-machine-cache.ts';
import { hasUnreadDefinitions, LONGEST_EXPRESS_MS } from '../../../../src/desired/machine-view.ts';
import type { ObservedStateMachine } from '../../../../src/observed/objects.ts';
import { machine as machineArn, role, SOURCE } from '../../access/fixtures.ts';
import { machine, task } from '../../asl/machines.ts';
import { observedMachine } from '../../observed/fixtures.ts';
import { awsFailure, ModelAccount } from '../model-account.ts';
import { CALLS } from '../test-cluster.ts';
import { narrow } from '../../../expectations.ts';

const ARN = machineArn('checkout').text;
const EXEC = role('checkout-exec', SOURCE).text;
const OTHER_EXEC = role('other-exec', SOURCE).text;

function state(fields: Partial<ObservedStateMachine> = {}): ObservedStateMachine {
  const definition = machine({ Send: task('arn:aws:states:::sqs:sendMessage') });
  return observedMachine(definition, { revisionId: 'r1', ...fields });
}

function express(fields: Partial<ObservedStateMachine> = {}): ObservedStateMachine {
  return state({ type: 'EXPRESS', ...fields });
}

const CHANGED = machine({ Publish: task('arn:aws:states:::sns:publish') });

/** The cache before one account that has this machine. */
function bench(first: ObservedStateMachine | undefined = state()) {
  const clock = { now: 1_000 };
  const aws = new ModelAccount(SOURCE);
  if (first !== undefined) aws.machines.set(ARN, first);
  const machines = new StateMachineCache(() => clock.now);
  /** A read of now, for which the clock ticks, unless an older one may do. */
  const read = (maxAgeMs?: number) => {
    if (maxAgeMs === undefined) clock.now += 1;
    return machines.read(aws, ARN, CALLS, maxAgeMs ?? 0);
  };
  const view = async () => {
    const sight = await read();
    narrow(sight.kind === 'found', sight);
    return sight.view;
  };
  const readDefinitionsInUse = async (maxAgeMs = 0) =>
    machines.readDefinitionsInUse(aws, await view(), CALLS, maxAgeMs);
  return { clock, aws, machines, read, view, readDefinitionsInUse };
}

/** The machine as an own write has made it. */
async function written() {
  const all = bench();
  await all.read();
  await all.machines.written(state({ definition: CHANGED, revisionId: 'r2' }));
  return all;
}

/** Names of the Tasks as they are known. */
function knownTasks(machines: StateMachineCache): readonly string[] {
  const sight = machines.known(ARN);
  return sight?.kind === 'found' ? sight.view.definition.tasks.map(({ name }) => name) : [];
}

describe('a machine', () => {
  test('that was never read is unknown', () => {
    expect(bench().machines.known(ARN)).toBeUndefined();
  });

  test('that was read is known with its Tasks and its execution role', async () => {
    const { machines, view } = bench();
    const { executionRole } = await view();
    expect([executionRole.text, knownTasks(machines)]).toStrictEqual([EXEC, ['Send']]);
    expect(machines.under(EXEC)).toStrictEqual([ARN]);
  });

  test('that does not exist is known to be absent', async () => {
    const { aws, machines, read } = bench();
    aws.machines.clear();
    expect(await read()).toStrictEqual({ kind: 'absent' });
    expect(machines.known(ARN)).toStrictEqual({ kind: 'absent' });
  });

  describe('that an own write has changed', () => {
    test('stays as it was written while AWS shows the revision of before, and is read again', async () => {
      const { read, machines, aws } = await written();
      expect(await read()).toStrictEqual(machines.known(ARN));
      expect([knownTasks(machines), machines.lagsForMs(ARN)]).toStrictEqual([['Publish'], 59_999]);
      aws.machines.set(ARN, state({ definition: CHANGED, revisionId: 'r2' }));
      await read();
      expect([knownTasks(machines), machines.lagsForMs(ARN)]).toStrictEqual([['Publish'], undefined]);
    });

    test.each([
      ['set back by somebody: that is another revision', { revisionId: 'r3' }, 1],
      ['made again since', { creationDate: '2026-02-02T00:00:00Z' }, 1],
      ['still shown as before when it cannot be for lack of time', {}, 60_000],
    ])('is believed to be %s', async (_what, fields, afterMs) => {
      const { read, machines, aws, clock } = await written();
      aws.machines.set(ARN, state(fields));
      clock.now += afterMs;
      await read();
      expect([knownTasks(machines), machines.lagsForMs(ARN)]).toStrictEqual([['Send'], undefined]);
    });

    test('is believed where AWS gave the write no revision: nothing tells before from after', async () => {
      const { read, machines } = bench();
      await read();
      const { revisionId: _, ...unnamed } = state({ definition: CHANGED });
      await machines.written(unnamed);
      await read();
      expect(knownTasks(machines)).toStrictEqual(['Send']);
    });
  });

  const UNREADABLE = [
    {
      what: 'a definition that is none',
      fields: { definition: '{"StartAt":' },
      says: /^arn:\S+: definition: is not JSON/,
    },
    {
      what: 'no execution role that can be read',
      fields: { executionRoleArn: 'x' },
      says: /names no execution role/,
    },
  ];
  for (const { what, fields, says } of UNREADABLE) {
    test(`with ${what} is there, but not to be understood`, async () => {
      const sight = await bench(state(fields)).read();
      narrow(sight.kind === 'unreadable', sight);
      expect(sight.message).toMatch(says);
    });
  }

  test('is not read again while the last read is young enough', async () => {
    const { clock, aws, read } = bench();
    await read();
    clock.now += 2_000;
    await read(2_000);
    expect(aws.reads).toHaveLength(1);
    await read(1_999);
    expect(aws.reads).toHaveLength(2);
  });

  test('that did not change stays the very same, so that what was worked out from it holds', async () => {
    const { view } = bench();
    expect(await view()).toBe(await view());
  });

  test('that was made again with the same definition is another one', async () => {
    const { aws, view } = bench();
    const before = await view();
    aws.machines.set(ARN, state({ creationDate: '2026-02-01T00:00:00Z' }));
    expect(await view()).not.toBe(before);
  });

  test('that runs under another role now is found under that one alone', async () => {
    const { aws, machines, read } = bench();
    await read();
    aws.machines.set(ARN, state({ executionRoleArn: OTHER_EXEC }));
    await read();
    expect([machines.under(EXEC), machines.under(OTHER_EXEC)]).toStrictEqual([[], [ARN]]);
  });

  test('whose doubt was called is read by the next one who asks, and still known meanwhile', async () => {
    const { aws, machines, read } = bench();
    await read();
    machines.doubt(ARN);
    expect(machines.under(EXEC)).toStrictEqual([ARN]);
    await read(60_000);
    expect(aws.reads).toHaveLength(2);
  });

  test('that could not be read stays as it was known', async () => {
    const { aws, machines, read } = bench();
    await read();
    aws.failures.set('stateMachine', new Error('no'));
    await expect(read()).rejects.toThrow(/no/);
    expect(knownTasks(machines)).toStrictEqual(['Send']);
  });
});

describe('an own write', () => {
  test('is known at once', async () => {
    const { machines, read } = bench();
    await read();
    await machines.written(state({ definition: CHANGED, revisionId: 'r2' }));
    expect(knownTasks(machines)).toStrictEqual(['Publish']);
  });

  test('is not undone by a read that began before it', async () => {
    const { clock, aws, machines, read } = bench();
    const gate = Promise.withResolvers<void>();
    aws.gate = gate.promise;
    const reading = read();
    clock.now += 10;
    await machines.written(state({ definition: CHANGED, revisionId: 'r2' }));
    gate.resolve();
    const sight = await reading;
    expect(sight).toStrictEqual(machines.known(ARN));
    expect(knownTasks(machines)).toStrictEqual(['Publish']);
  });

  test('is not undone by a look at old definitions that began before it, and these are looked at again', async () => {
    const { clock, aws, machines, view } = bench();
    const before = await view();
    const gate = Promise.withResolvers<void>();
    aws.gate = gate.promise;
    const looking = machines.readDefinitionsInUse(aws, before, CALLS, 0);
    clock.now += 10;
    await machines.written(state({ definition: CHANGED, revisionId: 'r2' }));
    aws.inUse = [{ machine: state(), inUseBy: 'execution run-17' }];
    gate.resolve();
    const { inUse } = await looking;
    expect(knownTasks(machines)).toStrictEqual(['Publish']);
    expect(inUse?.map(({ inUseBy }) => inUseBy)).toStrictEqual(['execution run-17']);
  });
});

describe('what still runs of a machine', () => {
  test('is not known before it is looked at', async () => {
    expect((await bench().view()).inUse).toBeUndefined();
  });

  test('is found under its own execution role, too', async () => {
    const { aws, machines, readDefinitionsInUse } = bench();
    aws.inUse = [RUNNING];
    expect((await readDefinitionsInUse()).inUse?.map(({ inUseBy }) => inUseBy)).toStrictEqual([
      'alias live (version 3)',
    ]);
    expect(machines.under(OTHER_EXEC)).toStrictEqual([ARN]);
  });

  test('is not looked at again while the last look is young enough', async () => {
    const { clock, aws, readDefinitionsInUse } = bench();
    await readDefinitionsInUse();
    clock.now += 1_999;
    await readDefinitionsInUse(2_000);
    await readDefinitionsInUse(2_000);
    expect(aws.reads.filter((read) => read.startsWith('definitionsInUse'))).toHaveLength(2);
  });

  describe('while the quota of its account does not let it be read', () => {
    test('counts as it was read in the last ten minutes', async () => {
      expect((await readAgain(9 * MINUTES_MS)).inUse).toHaveLength(1);
    });

    test('does not count as it was read before', async () => {
      await expect(readAgain(10 * MINUTES_MS)).rejects.toMatchObject({ kind: 'laneBusy' });
    });

    test('does not count as it was before the machine changed', async () => {
      await expect(readAgain(MINUTES_MS, awsFailure('laneBusy'), changeMachine)).rejects.toMatchObject({
        kind: 'laneBusy',
      });
    });

    test('does not count as it was before somebody else did something to the machine, such as move an alias', async () => {
      const second = readAgain(MINUTES_MS, awsFailure('laneBusy'), (_aws, machines) => {
        machines.doubtDefinitionsInUse(ARN);
      });
      await expect(second).rejects.toMatchObject({ kind: 'laneBusy' });
    });

    test('does not count if AWS refuses to show it', async () => {
      const denied = awsFailure('terminal');
      await expect(readAgain(MINUTES_MS, denied)).rejects.toBe(denied);
    });
  });

  test('is unknown again once the machine changed', async () => {
    const { aws, view, readDefinitionsInUse } = bench();
    await readDefinitionsInUse();
    aws.machines.set(ARN, state({ definition: CHANGED, revisionId: 'r2' }));
    expect((await view()).inUse).toBeUndefined();
  });
});

describe('an Express machine, whose executions cannot be listed,', () => {
  test('keeps each definition for the five minutes that an execution may live', async () => {
    const { clock, aws, machines, view } = bench(express());
    await view();
    aws.machines.set(ARN, express({ definition: CHANGED, executionRoleArn: OTHER_EXEC, revisionId: 'r2' }));
    expect((await view()).recent.map(({ executionRole }) => executionRole.text)).toStrictEqual([EXEC]);
    expect(machines.under(EXEC)).toStrictEqual([ARN]);
    clock.now += 299_998;
    expect((await view()).recent).toHaveLength(1);
    expect((await view()).recent).toHaveLength(0);
    expect(machines.under(EXEC)).toStrictEqual([]);
  });
});

test('roles are found by name, in whatever path, for events tell no more', async () => {
  const { machines, read } = bench(state({ executionRoleArn: role('deep/er/checkout-exec', SOURCE).text }));
  await read();
  expect(machines.rolesNamed(SOURCE, 'checkout-exec')).toStrictEqual([
    role('deep/er/checkout-exec', SOURCE).text,
  ]);
  expect(machines.rolesNamed(SOURCE, 'Checkout-EXEC')).toStrictEqual(
    machines.rolesNamed(SOURCE, 'checkout-exec'),
  );
  expect(machines.rolesNamed('333333333333', 'checkout-exec')).toStrictEqual([]);
});

test('a machine that no link names any more is forgotten, its role as well', async () => {
  const { machines, read } = bench();
  await read();
  machines.forget(ARN);
  expect(machines.known(ARN)).toBeUndefined();
  expect(machines.under(EXEC)).toStrictEqual([]);
  expect(machines.rolesNamed(SOURCE, 'checkout-exec')).toStrictEqual([]);
});

test('a read that outlives the last link of its machine is answered, and not kept', async () => {
  const { machines, read } = bench();
  await read();
  const underWay = read();
  machines.forget(ARN);
  expect((await underWay).kind).toBe('found');
  expect(machines.known(ARN)).toBeUndefined();
  expect(machines.under(EXEC)).toStrictEqual([]);
});

/** A definition of half a megabyte, none like another. */
function large(index: number): string {
  const filler = { ...task('arn:aws:states:::sqs:sendMessage'), Comment: 'x'.repeat(500_000) };
  return machine({ [`Old${index}`]: filler });
}

describe('definitions in use', () => {
  test('are read in up to four megabytes, and the view says that there are more', async () => {
    const { aws, readDefinitionsInUse } = bench();
    aws.inUse = Array.from({ length: 12 }, (_, index) => ({
      machine: { definition: large(index), executionRoleArn: EXEC },
      inUseBy: `alias a${index}`,
    }));
    const { inUse = [], ...view } = await readDefinitionsInUse();
    expect(inUse).toHaveLength(8);
    expect(hasUnreadDefinitions({ inUse, ...view })).toBe(true);
  });

  test('are read in up to a hundred', async () => {
    const { aws, readDefinitionsInUse } = bench();
    aws.inUse = Array.from({ length: 101 }, (_, index) => ({
      machine: { definition: CHANGED, executionRoleArn: EXEC },
      inUseBy: `alias a${index}`,
    }));
    const { inUse = [], ...view } = await readDefinitionsInUse();
    expect(inUse).toHaveLength(100);
    expect(hasUnreadDefinitions({ inUse, ...view })).toBe(true);
  });

  test('that are not to be understood count as not read', async () => {
    const { aws, readDefinitionsInUse } = bench();
    aws.inUse = [{ machine: { definition: '{', executionRoleArn: EXEC }, inUseBy: 'execution run-17' }];
    expect(hasUnreadDefinitions(await readDefinitionsInUse())).toBe(true);
  });

  test('of one text are parsed once', async () => {
    const { aws, readDefinitionsInUse } = bench();
    aws.inUse = ['a', 'b'].map((name) => ({
      machine: { definition: CHANGED, executionRoleArn: EXEC },
      inUseBy: `alias ${name}`,
    }));
    const { inUse = [], ...view } = await readDefinitionsInUse();
    expect(inUse[0]?.definition).toBe(inUse[1]?.definition);
    expect(hasUnreadDefinitions({ inUse, ...view })).toBe(false);
  });

  test('of an Express machine that somebody keeps changing are bounded, and forgotten once none can run', async () => {
    const { aws, clock, view } = bench(express({ definition: large(0) }));
    await view();
    for (let index = 1; index < 12; index += 1) {
      aws.machines.set(ARN, express({ definition: large(index), revisionId: `r${index}` }));
      await view();
    }
    const busy = await view();
    expect(busy.recent).toHaveLength(8);
    expect(hasUnreadDefinitions(busy)).toBe(true);
    clock.now += LONGEST_EXPRESS_MS + 1;
    const calm = await view();
    expect(calm.recent).toStrictEqual([]);
    expect(hasUnreadDefinitions(calm)).toBe(false);
  });
});

const RUNNING = { machine: state({ executionRoleArn: OTHER_EXEC }), inUseBy: 'alias live (version 3)' };

const MINUTES_MS = 60_000;

/** Reads the definitions in use, and again some time later, when the call fails. */
async function readAgain(
  afterMs: number,
  failure: AwsFailure = awsFailure('laneBusy'),
  change?: (aws: ModelAccount, machines: StateMachineCache) => void,
) {
  const { clock, aws, machines, view, readDefinitionsInUse } = bench();
  aws.inUse = [RUNNING];
  await readDefinitionsInUse();
  aws.failures.set('definitionsInUse', failure);
  clock.now += afterMs;
  change?.(aws, machines);
  return machines.readDefinitionsInUseUnlessBusy(aws, await view(), CALLS, 2_000);
}

function changeMachine(aws: ModelAccount): void {
  aws.machines.set(ARN, state({ definition: CHANGED, revisionId: 'r2' }));
}
