/** Laws over whatever happens to a link, in any order, with the operator restarted in between: Ready is True only if the access
 *  works; what has converged stays so; a deletion ends, or says what to do; and what it leaves is reported. */
import { expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { parseDefinition } from '../../../../src/asl/definition/definition.ts';
import { namesRole } from '../../../../src/asl/task.ts';
import { toJsonObject, type JsonObject } from '../../../../src/base/json.ts';
import { sameJson } from '../../../../src/kubernetes/status-writer.ts';
import { policyName, TAGS } from '../../../../src/desired/names.ts';
import { setCredentials } from '../../../../testbed/set-credentials.ts';
import { machine, role, SOURCE, TARGET, type Entry } from '../../access/fixtures.ts';
import { machine as definitionOf, sendTo } from '../../asl/machines.ts';
import { CLUSTER, ROLE } from '../../desired/fixtures.ts';
import { FOREIGN_TRUST, parsed } from '../../plan/fixtures.ts';
import { awsFailure } from '../model-account.ts';
import { accountOf, EXEC, SOURCE_ENTRY, TARGET_ENTRY, untouchedRole } from '../test-cluster.ts';
import { DRIFT_CHECK_MS, PATIENCE_MS, ReconcilerHarness } from './reconciler-harness.ts';

const OTHER_EXEC = role('other-exec', SOURCE);
const OTHER_ROLE = role('crossaccountlink/payments/other');
const SCP = awsFailure('terminal');

const BOTH = definitionOf({ A: sendTo('queue-a'), B: sendTo('queue-b') });

type Happening = (the: ReconcilerHarness) => void;

const HAPPENINGS: Readonly<Record<string, Happening>> = {
  'the link lists one Task': (the) => edit(the, 'a', { stateMachineCredentials: { tasks: ['A'] } }),
  'the link lists none': (the) => edit(the, 'a', { stateMachineCredentials: {} }),
  'the link is suspended': (the) => edit(the, 'a', { suspend: true }),
  'the link is resumed': (the) => edit(the, 'a', { suspend: false }),
  'the other link is suspended': (the) => edit(the, 'b', { suspend: true }),
  'the definition is only observed': (the) =>
    edit(the, 'a', { stateMachineCredentials: { managementPolicy: 'Observe' } }),
  'the role is only observed': (the) =>
    edit(the, 'a', { targetRole: { arn: ROLE.text, managementPolicy: 'Observe' } }),
  'the grant is only observed': (the) =>
    edit(the, 'a', { executionRoleGrant: { managementPolicy: 'Observe' } }),
  'everything is enforced': (the) =>
    edit(the, 'a', { targetRole: { arn: ROLE.text }, executionRoleGrant: {}, stateMachineCredentials: {} }),
  'the definition is deployed without Credentials': (the) => deploy(the, BOTH),
  'a Task is dropped from the definition': (the) => deploy(the, definitionOf({ A: sendTo('queue-a') })),
  'a person puts the role on a Task': (the) =>
    deploy(the, setCredentials(definitionText(the) ?? BOTH, new Map([['A', ROLE.text]]))),
  'the machine gets another execution role': (the) =>
    the.cluster.put('checkout', OTHER_EXEC.text, definitionText(the) ?? BOTH),
  'the machine is deleted': (the) => void the.cluster.source.machines.delete(machine('checkout').text),
  'the role is deleted': (the) => void the.cluster.target.roles.delete(ROLE.text),
  'somebody is let into the role': (the) =>
    changeTarget(the, (found) => ({ ...found, trust: parsed(FOREIGN_TRUST) })),
  'the role loses its tags': (the) => changeTarget(the, (found) => ({ ...found, tags: new Map() })),
  'the grant is deleted': (the) =>
    the.changeRole((found) => ({ ...found, inlinePolicies: new Map() }), EXEC.text),
  'AWS refuses policies': (the) => void the.cluster.target.failures.set('PutRolePolicy', SCP),
  'AWS refuses updates of the definition': (the) =>
    void the.cluster.source.failures.set('UpdateStateMachine', SCP),
  'AWS refuses nothing any more': (the) => {
    the.cluster.target.failures.clear();
    the.cluster.source.failures.clear();
  },
  'everything is only observed': (the) => edit(the, 'a', { managementPolicy: 'Observe' }),
  'nothing is only observed': (the) => edit(the, 'a', { managementPolicy: 'Enforce' }),
  'the rules let nobody in': (the) => admit(the, []),
  'the rules let everybody in': (the) => admit(the, [TARGET_ENTRY]),
  'the source account is registered no more': (the) => the.cluster.accounts.delete(SOURCE),
  'the source account is registered': (the) =>
    the.cluster.accounts.set(accountOf(SOURCE, [SOURCE_ENTRY], { aws: the.cluster.source })),
  'the finalizer is taken off': (the) => the.removeFinalizer('a'),
  'the status is lost': (the) => the.loseStatus('a'),
  'the link is replaced by force': (the) => {
    the.removeFinalizer('a');
    the.delete('a');
    the.create('a', {}, the.timestamp());
  },
  'the link is edited back and forth': (the) => {
    edit(the, 'a', { driftCheckInterval: '11m' });
    edit(the, 'a', { driftCheckInterval: '10m' });
  },
  'the operator restarts': (the) => the.restart(),
};

/** An edit that changes nothing makes no new generation. */
function edit(the: ReconcilerHarness, name: string, fields: JsonObject): void {
  const spec: JsonObject = toJsonObject(the.object(name)?.spec ?? {});
  if (!sameJson(spec, { ...spec, ...fields })) the.edit(name, fields);
}

function admit(the: ReconcilerHarness, entries: readonly Entry[]): void {
  the.cluster.accounts.set(accountOf(TARGET, entries, { aws: the.cluster.target }));
}

function changeTarget(the: ReconcilerHarness, change: Parameters<ReconcilerHarness['changeRole']>[0]): void {
  if (the.cluster.target.roles.has(ROLE.text)) the.changeRole(change);
}

function definitionText(the: ReconcilerHarness): string | undefined {
  return the.cluster.source.machines.get(machine('checkout').text)?.definition;
}

function deploy(the: ReconcilerHarness, definition: string): void {
  if (definitionText(the) === undefined) the.cluster.put('checkout', EXEC.text, definition);
  else the.changeDefinition(definition);
}

async function inSync(): Promise<ReconcilerHarness> {
  const the = new ReconcilerHarness();
  the.cluster.put('checkout', EXEC.text, BOTH);
  the.cluster.put('refund', EXEC.text, BOTH);
  for (const { text } of [EXEC, OTHER_EXEC]) the.cluster.source.roles.set(text, untouchedRole(text));
  the.create('a');
  the.create('b', { stateMachineARN: machine('refund').text, targetRole: { arn: OTHER_ROLE.text } });
  await the.converge();
  expect([the.condition('a', 'Ready'), the.condition('b', 'Ready')]).toStrictEqual([
    'True InSync',
    'True InSync',
  ]);
  return the;
}

const MOST_ROUNDS = 20;

/** Looks at both links afresh, a minute apart, until nothing more comes of it. What AWS refuses is tried each time. */
async function converge(the: ReconcilerHarness): Promise<void> {
  const { source, target } = the.cluster;
  for (const name of ['a', 'b'])
    if (the.object(name) !== undefined) the.request(name, `at ${the.cluster.now}`);
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    const before = [source.writes.length, target.writes.length, ...statusWrites(the)].join('\n');
    for (const name of ['a', 'b']) await the.reconcile(name);
    the.cluster.now += 60_000;
    if ([source.writes.length, target.writes.length, ...statusWrites(the)].join('\n') === before) return;
  }
  throw new Error(`it goes on for ever: ${the.calls.slice(-20).join(', ')}`);
}

function statusWrites(the: ReconcilerHarness): readonly string[] {
  return the.writes.filter((write) => /^(status|finalizers) /.test(write));
}

/** What an execution that starts now would lack. */
function lacking(the: ReconcilerHarness, name: string, of: string, target: string): readonly string[] {
  const found = the.cluster.source.machines.get(machine(of).text);
  if (found === undefined) return ['the machine'];
  const targetRole = the.cluster.target.roles.get(target);
  const trust = JSON.stringify(targetRole?.trust ?? '');
  const permissions = JSON.stringify([...(targetRole?.inlinePolicies.values() ?? [])]);
  const policies = the.cluster.source.roles.get(found.executionRoleArn)?.inlinePolicies;
  const grant = JSON.stringify([...(policies?.values() ?? [])]);
  const selected = the.object(name)?.status.tasks ?? [];
  const tasks = parseDefinition(found.definition).tasks.filter((one) => selected.includes(one.name));
  return [
    ...(trust.includes(found.executionRoleArn) ? [] : ['trust']),
    ...(trust.includes('999999999999') ? ['trust for no others'] : []),
    ...(grant.includes(target) ? [] : ['grant']),
    ...(selected.length > 0 ? [] : ['Tasks']),
    ...tasks.filter((one) => !namesRole(one, target)).map((one) => `Credentials of ${one.name}`),
    ...tasks
      .filter((one) => !permissions.includes(`queue-${one.name.toLowerCase()}`))
      .map((one) => `permissions of ${one.name}`),
  ];
}

/** What stands in AWS that only link `a` can have needed. */
function leftovers(the: ReconcilerHarness): readonly string[] {
  const { source, target } = the.cluster;
  const found = source.machines.get(machine('checkout').text);
  const naming = found === undefined ? [] : parseDefinition(found.definition).tasks;
  const grants = [...source.roles.values()].filter((one) =>
    JSON.stringify(one.inlinePolicies.get(policyName(CLUSTER)) ?? '').includes(ROLE.text),
  );
  return [
    ...naming.filter((one) => namesRole(one, ROLE.text)).map((one) => `Credentials of ${one.name}`),
    ...grants.map(({ arn }) => `grant on ${arn}`),
    ...(target.roles.get(ROLE.text)?.tags.has(TAGS.clusterId) === true ? ['role'] : []),
  ];
}

const sequences = fc.array(fc.constantFrom(...Object.keys(HAPPENINGS)), { minLength: 1, maxLength: 5 });
const RUNS = { numRuns: 25 };

async function happened(names: readonly string[], converges: boolean): Promise<ReconcilerHarness> {
  const the = await inSync();
  for (const name of names) {
    HAPPENINGS[name]?.(the);
    if (converges) await converge(the);
  }
  await converge(the);
  return the;
}

it('Ready is True only where the access works, and says something where it is not', async () => {
  await fc.assert(
    fc.asyncProperty(sequences, fc.boolean(), async (names, converges) => {
      const the = await happened(names, converges);
      for (const [name, of, target] of [
        ['a', 'checkout', ROLE.text],
        ['b', 'refund', OTHER_ROLE.text],
      ] as const) {
        if (the.object(name)?.link.suspended === true) continue;
        if (the.condition(name, 'Ready')?.startsWith('True') === true)
          expect(lacking(the, name, of, target)).toStrictEqual([]);
        else expect(the.message(name, 'Ready')).not.toBe('');
      }
    }),
    RUNS,
  );
});

it('what has converged stays so: no write, no other Ready and no drift by a check of an operator that was restarted', async () => {
  await fc.assert(
    fc.asyncProperty(sequences, fc.boolean(), async (names, converges) => {
      const the = await happened(names, converges);
      the.cluster.now += DRIFT_CHECK_MS;
      await converge(the);
      const before = [the.condition('a', 'Ready'), the.object('a')?.status.drift?.total];
      const { source, target } = the.cluster;
      const writes = source.writes.length + target.writes.length;
      the.restart();
      await converge(the);
      expect([the.condition('a', 'Ready'), the.object('a')?.status.drift?.total]).toStrictEqual(before);
      expect(source.writes.length + target.writes.length).toBe(writes);
    }),
    RUNS,
  );
});

it('a deletion ends, or says what to do; what it leaves is reported', async () => {
  await fc.assert(
    fc.asyncProperty(sequences, fc.boolean(), fc.boolean(), async (names, converges, begunAnew) => {
      const the = await happened(names, converges);
      // A link that only observes has no finalizer, and goes without a word.
      if (the.finalizer('a') === false) return;
      the.notes.length = 0;
      the.delete('a');
      if (begunAnew) the.restart();
      await converge(the);
      the.cluster.now += PATIENCE_MS;
      await converge(the);
      if (the.object('a') !== undefined) {
        expect(the.condition('a', 'Ready')).toBe('False DeletionBlocked');
        expect(the.message('a', 'Ready')).toContain('abandon');
        return;
      }
      if (leftovers(the).length > 0) expect(the.notes.join('\n')).toMatch(/left behind: |left as it is/);
    }),
    RUNS,
  );
});
