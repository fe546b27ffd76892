/** Links that are being deleted, and whose deletion has not come to the object yet: what stands for them stays, and
 *  nothing is made for them. */
import { describe, expect, test } from '@jest/globals';
import { parseDefinition } from '../../../src/asl/definition/definition.ts';
import { desiredCredentials } from '../../../src/desired/credentials.ts';
import type { Contribution, ContributorState } from '../../../src/desired/contribution.ts';
import { desiredGrant, grantStatement } from '../../../src/desired/grant.ts';
import type { Link } from '../../../src/desired/link.ts';
import { desiredTargetRole } from '../../../src/desired/target-role.ts';
import type { ObservedRole } from '../../../src/observed/objects.ts';
import { finish } from '../../../src/base/parts.ts';
import { credentialsPlanInParts } from '../../../src/plan/credentials.ts';
import { planGrant } from '../../../src/plan/grant.ts';
import { planTargetRole } from '../../../src/plan/target-role.ts';
import { machine as machineArn, role, SOURCE } from '../access/fixtures.ts';
import { machine, task } from '../asl/machines.ts';
import {
  allow,
  CLUSTER,
  CONTEXT,
  contributes,
  EXECUTION_ROLE,
  letIn,
  link,
  NAMESPACE,
  permitting,
  QUEUE,
  ROLE,
  recorded,
} from '../desired/fixtures.ts';
import { observedMachine } from '../observed/fixtures.ts';
import { observed, operations, OWN_POLICY, parsed, ROLE_ID } from './fixtures.ts';

const OTHER_ROLE = role('crossaccountlink/payments/other');
const MANAGED = 'arn:aws:iam::222222222222:policy/audit';
const ATTACHING = permitting({ managedPolicyArns: [MANAGED] });

function leaving(fields: Partial<Link> = {}, asked: Partial<Contribution> = {}): ContributorState {
  return contributes(link('leaving', { deleting: true, ...fields }), asked);
}
const staying = contributes(link('staying', { stateMachine: machineArn('refund') }));

function planRole(states: readonly ContributorState[], found: ObservedRole | undefined) {
  return planTargetRole(desiredTargetRole(ROLE, NAMESPACE, states, CONTEXT), found, { records: [ROLE_ID] });
}

function operationsOn(found: ObservedRole | undefined, ...states: readonly ContributorState[]) {
  return operations(planRole(states, found).actions);
}

function planGranted(states: readonly ContributorState[], ...granted: readonly string[]) {
  const policy = parsed(grantStatement(granted));
  const inlinePolicies = new Map(granted.length === 0 ? [] : [[OWN_POLICY, policy]]);
  const found = observed({ inlinePolicies, tags: new Map() });
  return planGrant(desiredGrant(EXECUTION_ROLE, states, 10_240), found, CLUSTER).actions;
}

const CHARGE = task('arn:aws:states:::lambda:invoke', {
  FunctionName: 'arn:aws:lambda:us-east-1:222222222222:function:charge',
});

/** What changes in the definition, whose Task `Charge` names a role. */
function planCharge(states: readonly ContributorState[], roleArn?: string) {
  const text = machine({
    Charge: roleArn === undefined ? CHARGE : { ...CHARGE, Credentials: { RoleArn: roleArn } },
  });
  const found = observedMachine(text);
  const desired = desiredCredentials(found.arn, states, recorded('Charge'));
  const plan = finish(credentialsPlanInParts(desired, found, parseDefinition(text)));
  return plan.actions.flatMap(({ changes }) => changes);
}

describe('a target role', () => {
  test('that is gone is not made for leaving links alone', () => {
    expect(operationsOn(undefined, leaving())).toStrictEqual([]);
    expect(operationsOn(undefined, leaving(), staying)).toStrictEqual(['CreateRole', 'PutRolePolicy']);
  });

  test('that is gone is made for the one that stays, and lets in nobody else', () => {
    const [create] = planRole([leaving(), staying], undefined).actions;
    expect(create?.operation === 'CreateRole' && letIn(create.trust.statements)).toStrictEqual([
      `${EXECUTION_ROLE} as ${machineArn('refund').text}`,
    ]);
  });

  test('that stands as a leaving link needs it is left alone', () => {
    expect(operationsOn(observed(), leaving())).toStrictEqual([]);
  });

  test('is not adopted for a leaving link', () => {
    expect(operationsOn(observed({ tags: new Map() }), leaving({ adopt: true }))).toStrictEqual([]);
  });

  test('gets back nothing that a leaving link misses', () => {
    const narrowed = observed({ inlinePolicies: new Map() });
    expect(operationsOn(narrowed, leaving({ permissions: ATTACHING }))).toStrictEqual([]);
  });

  test('loses what neither needs, and keeps what the leaving one has', () => {
    const found = observed({
      inlinePolicies: new Map([
        [OWN_POLICY, parsed(allow(['sqs:SendMessage', 'sqs:DeleteQueue'], [QUEUE, `${QUEUE}-2`]))],
      ]),
      managedPolicyArns: [MANAGED, `${MANAGED}-2`],
    });
    const { actions } = planRole([leaving({ permissions: ATTACHING })], found);
    expect(operations(actions)).toStrictEqual(['DetachRolePolicy', 'PutRolePolicy']);
    expect(actions.toReversed()).toMatchObject([
      { document: { statements: [allow(['sqs:SendMessage'], [QUEUE])] } },
      { policyArn: `${MANAGED}-2` },
    ]);
  });

  test('keeps a trust policy in which nothing of anybody would be left: IAM takes none that is empty', () => {
    const stranger = leaving({ stateMachine: machineArn('stranger') });
    expect(operationsOn(observed(), stranger)).toStrictEqual([]);
  });
});

describe('a grant', () => {
  test('that stands for a leaving link stays, and what nobody needs goes', () => {
    expect(planGranted([leaving()], ROLE.text)).toStrictEqual([]);
    const [put] = planGranted([leaving()], ROLE.text, OTHER_ROLE.text);
    expect(put?.operation === 'PutRolePolicy' && put.document.statements).toStrictEqual([
      grantStatement([ROLE.text]),
    ]);
  });

  test('is not made for a leaving link, nor does it come in with that of another', () => {
    expect(planGranted([leaving()])).toStrictEqual([]);
    const other = contributes(link('other', { targetRole: OTHER_ROLE }));
    const [put] = planGranted([leaving(), other]);
    expect(put?.operation === 'PutRolePolicy' && put.document.statements).toStrictEqual([
      grantStatement([OTHER_ROLE.text]),
    ]);
  });
});

describe('a Task', () => {
  const older = leaving({ createdAt: '2025-01-01T00:00:00Z' }, { tasks: ['Charge'] });
  const younger = contributes(link('younger', { targetRole: OTHER_ROLE }), { tasks: ['Charge'] });

  test('that names the role of a leaving link keeps it until its turn comes', () => {
    expect(planCharge([older, younger], ROLE.text)).toStrictEqual([]);
  });

  test('that does not name it is not given it', () => {
    expect(planCharge([older])).toStrictEqual([]);
    expect(planCharge([older, younger])).toMatchObject([{ after: OTHER_ROLE.text }]);
  });
});

const FORMER = role('former-exec', SOURCE).text;
const HOLDING = contributes(link('a'), { keptExecutionRoleArns: [FORMER] });

/** A trust policy that lets in these execution roles. */
function lettingIn(...roles: readonly string[]) {
  const states = [contributes(link('a'), { executionRoleArns: roles })];
  return parsed(...desiredTargetRole(ROLE, NAMESPACE, states, CONTEXT).trust);
}

function planFormerGrant(found: ObservedRole) {
  return planGrant(desiredGrant(FORMER, [HOLDING], 10_240), found, CLUSTER).actions;
}

describe('a former execution role, where the account holds growth', () => {
  test('stays let in, and is not let in again', () => {
    expect(operationsOn(observed({ trust: lettingIn(EXECUTION_ROLE, FORMER) }), HOLDING)).toStrictEqual([]);
    expect(operationsOn(observed(), HOLDING)).toStrictEqual([]);
    const [create] = planRole([HOLDING], undefined).actions;
    expect(create?.operation === 'CreateRole' && letIn(create.trust.statements)).toStrictEqual([
      `${EXECUTION_ROLE} as ${machineArn('checkout').text}`,
    ]);
  });

  test('keeps its grant, and gets no new one', () => {
    const granted = parsed(grantStatement([ROLE.text]));
    expect(planFormerGrant(observed({ inlinePolicies: new Map([[OWN_POLICY, granted]]) }))).toStrictEqual([]);
    expect(planFormerGrant(observed({ inlinePolicies: new Map() }))).toStrictEqual([]);
  });
});
