/** AWS on a bad day: faults that pass leave no trace, faults that stay are reported, and neither leads to a storm of calls. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { AwsCall } from '../../../testbed/proxy/aws-call.ts';
import { internalFailure, refuse, throttle } from '../../../testbed/proxy/aws-answers.ts';
import type { Fault } from '../../../testbed/proxy/rules.ts';
import { credentialsIn, viewRole } from './aws-views.ts';
import { targetRole } from './aws-owners.ts';
import { objectOf, startScene, type Scene } from './scene.ts';
import { linked } from './linked.ts';

const NAMESPACE = 'payments';
const FAULTS: readonly (readonly [string, Fault | ((call: AwsCall) => Fault)])[] = [
  ['fails with 500', internalFailure],
  ['is throttled', throttle],
  ['is cut off before it arrives', { kind: 'cut' }],
  ['takes effect and its answer is lost', { kind: 'lose' }],
];
const CALLS = ['CreateRole', 'PutRolePolicy', 'DescribeStateMachine', 'UpdateStateMachine'];

describe('a link whose AWS', () => {
  let scene: Scene;

  beforeAll(async () => {
    scene = await startScene();
    await scene.tenant(NAMESPACE);
  });
  afterAll(() => scene.stop());

  const callsTo = (operation: string, name: string) =>
    scene.aws.calls.count((call) => call.operation === operation && objectOf(call) === name);

  for (const [index, [how, fault]] of FAULTS.entries()) {
    for (const operation of CALLS) {
      it.concurrent(`${operation} ${how} becomes Ready all the same, and leaves nothing behind`, async () => {
        const name = `fault-${index}-${operation.toLowerCase()}`;
        const rule = scene.aws.rules.add({
          match: (call) => call.operation === operation && objectOf(call) === name,
          fault,
          times: 1,
        });
        const created = await linked(scene, name);
        const ready = await scene.ready(created);
        expect(rule.hits).toBe(1);
        expect(ready.status.drift).toBeUndefined();
        expect(credentialsIn(await scene.definition(created.machine))).toStrictEqual({
          [name]: { RoleArn: targetRole(name) },
        });
        await scene.delete(created);
        expect(await viewRole(scene.target, name)).toBeUndefined();
        expect((await viewRole(scene.source, name))?.inlinePolicies).toStrictEqual({});
        expect(credentialsIn(await scene.definition(created.machine))).toStrictEqual({});
      });
    }
  }

  it.concurrent('goes on failing for a while says Unavailable, and is Ready when that is over', async () => {
    const outage = scene.aws.rules.add({
      match: (call) => call.operation === 'CreateRole' && objectOf(call) === 'outage',
      fault: internalFailure,
    });
    const created = await linked(scene, 'outage');
    await scene.until(created, {
      status: 'Unknown',
      reason: 'Unavailable',
      message: /CreateRole on .*outage/,
    });
    await scene.until(created, { type: 'Reconciling', status: 'True' });
    outage.remove();
    await scene.until(created, { status: 'True' }, 30_000);
  });

  for (const [operation, code, reason] of [
    ['CreateRole', 'AccessDenied', 'AccessDenied'],
    ['UpdateStateMachine', 'AccessDeniedException', 'AccessDenied'],
    ['CreateRole', 'LimitExceeded', 'QuotaExceeded'],
  ] as const) {
    it.concurrent(`refuses ${operation} with ${code} says ${reason} and is not asked on`, async () => {
      const name = `refused-${operation}-${code}`.toLowerCase();
      const denial = scene.aws.rules.add({
        match: (call) => call.operation === operation && objectOf(call) === name,
        fault: refuse(code, `The operator may not ${operation}`, operation === 'CreateRole' ? 403 : 400),
      });
      const created = await linked(scene, name);
      await scene.until(created, { status: 'False', reason, message: new RegExp(`${operation} on `) });
      await scene.until(created, { type: 'Stalled', status: 'True', reason });
      expect(callsTo(operation, name)).toBe(1);
      // Meanwhile, the whole life of another link goes by.
      const other = await linked(scene, `${name}-other`);
      await scene.ready(other);
      await scene.delete(other);
      expect(callsTo(operation, name)).toBe(1);
      denial.remove();
      await scene.reconcile(created);
      await scene.ready(created);
    });
  }
});
