/** A definition that AWS accepts and the operator cannot parse: the link's part of the grants stays until it can be read. */
import { beforeEach, expect, it } from '@jest/globals';
import { grantStatement } from '../../../../src/desired/grant.ts';
import { policyName } from '../../../../src/desired/names.ts';
import { machine, role, SOURCE } from '../../access/fixtures.ts';
import { CLUSTER, ROLE } from '../../desired/fixtures.ts';
import { parsed } from '../../plan/fixtures.ts';
import { EXEC, SENDING, untouchedRole } from '../test-cluster.ts';
import { type ReconcilerHarness, withCheckout } from './reconciler-harness.ts';

const OTHER_EXEC = role('other-exec', SOURCE);
const FORMER = role('former-exec', SOURCE);
const OTHER_TARGET = role('crossaccountlink/payments/other');
/** Nested deeper than the operator reads. */
const TOO_DEEP = SENDING.replace('"States"', `"Comment": ${'['.repeat(300)}${']'.repeat(300)}, "States"`);

let the: ReconcilerHarness;

/** Changes the machine of link `b`, as its developer does. */
function changeRefund(definition: string, executionRoleArn = EXEC.text): void {
  the.changeMachine({ definition, executionRoleArn }, 'refund');
}

/** Has every link looked at afresh, as often as it asks for. */
async function lookAfresh(token: string): Promise<void> {
  for (const name of ['b', 'a']) the.request(name, token);
  await the.converge();
}

beforeEach(async () => {
  the = withCheckout();
  the.cluster.put('refund');
  the.cluster.source.roles.set(OTHER_EXEC.text, untouchedRole(OTHER_EXEC.text));
  the.create('a');
  the.create('b', { stateMachineARN: machine('refund').text, targetRole: { arn: OTHER_TARGET.text } });
  await the.converge();
  the.calls.length = 0;
});

it('keeps what its link has on the grant of the role that it runs under', async () => {
  changeRefund(TOO_DEEP);
  await lookAfresh('1');
  expect(the.condition('b', 'Ready')).toBe('False DefinitionUnreadable');
  expect(the.granted()).toContain(OTHER_TARGET.text);
});

it('keeps it after a restart, with no link left beside it that is in order', async () => {
  changeRefund(TOO_DEEP);
  await lookAfresh('1');
  the.restart();
  the.delete('a');
  await the.converge();
  expect(the.granted()).toContain(OTHER_TARGET.text);
});

it('keeps it on the role that it ran under before', async () => {
  changeRefund(TOO_DEEP, OTHER_EXEC.text);
  await lookAfresh('1');
  expect(the.granted()).toContain(OTHER_TARGET.text);
});

it('keeps it on a role that nothing but the grant itself leads to', async () => {
  changeRefund(TOO_DEEP);
  await lookAfresh('1');
  const targets = [ROLE.text, OTHER_TARGET.text];
  const grant = parsed(grantStatement(targets));
  const former = { ...untouchedRole(FORMER.text), inlinePolicies: new Map([[policyName(CLUSTER), grant]]) };
  the.cluster.source.roles.set(FORMER.text, former);
  the.cluster.source.strays = new Map([[FORMER.text, targets]]);
  await lookAfresh('2');
  expect(the.granted(FORMER.text)).toContain(OTHER_TARGET.text);
});

it('keeps nothing any more once it can be read', async () => {
  changeRefund(TOO_DEEP);
  await lookAfresh('1');
  changeRefund(SENDING, OTHER_EXEC.text);
  await lookAfresh('2');
  expect(the.granted()).not.toContain(OTHER_TARGET.text);
  expect(the.granted()).toContain(ROLE.text);
  expect(the.granted(OTHER_EXEC.text)).toContain(OTHER_TARGET.text);
});
