/** What is made of AWS's answers: in the form of its published service model, and as full as they may be, or as bare. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readRunningExecutions } from '../../../src/aws/reads/definitions-in-use.ts';
import { readManagedPolicy } from '../../../src/aws/reads/managed-policy.ts';
import { readRole } from '../../../src/aws/reads/role.ts';
import { callOptions } from './harness.ts';
import {
  ACCOUNT,
  EXECUTION,
  liveAccount,
  MACHINE,
  POLICY,
  ROLE,
  startModelledAws,
  type ModelledAws,
} from './modelled-aws.ts';
import type { Form } from './service-model.ts';

let aws: ModelledAws;

beforeAll(async () => {
  aws = await startModelledAws();
}, 100_000);
afterAll(() => aws.close());

/** What is made of answers of this form, by what was asked for. */
async function read(form: Form): Promise<Readonly<Record<string, unknown>>> {
  aws.form = form;
  const calls = aws.harness.account({ accountId: ACCOUNT, partition: 'aws', region: 'us-east-1' });
  const account = liveAccount(calls);
  return {
    role: await readRole(calls, callOptions, ROLE),
    listed: await account.role(ROLE, callOptions, { kind: 'snapshot', maxAgeMs: 1_000 }),
    policy: await readManagedPolicy(calls, callOptions, POLICY, new Map()).catch((error: unknown) => error),
    machine: await account.stateMachine(MACHINE, callOptions),
    aliased: await account.aliasedVersions(MACHINE, callOptions),
    running: await readRunningExecutions(calls, callOptions, MACHINE),
    execution: await account.execution(EXECUTION, callOptions),
    recent: await account.recentExecutions(MACHINE, callOptions),
  };
}

const EMPTY = { kind: 'parsed', document: { version: '2012-10-17', statements: [] } };
const STARTED = 1_767_225_600_000;
const HELD = { definition: '{}', executionRoleArn: ROLE };
const MADE = { ...HELD, arn: MACHINE, type: 'STANDARD', creationDate: '2026-01-01T00:00:00.000Z' };
const RUN = { arn: EXECUTION, stateMachineArn: MACHINE, startedAt: STARTED, ended: true, steps: [] };
const WHOLE_ROLE = {
  arn: ROLE,
  roleId: 'x',
  trust: EMPTY,
  inlinePolicies: new Map([['x', EMPTY]]),
  permissionsBoundaryArn: 'x',
  tags: new Map([['x', 'x']]),
};

describe('what is made of an answer', () => {
  it.each(['full', 'extended'] as const)(
    'that is %s: every member that is needed, of every page, and no other',
    async (of) => {
      expect(await read(of)).toStrictEqual({
        role: {
          kind: 'found',
          role: {
            ...WHOLE_ROLE,
            managedPolicyArns: [`${POLICY}-first`, `${POLICY}-second`],
            instanceProfiles: ['first', 'second'],
            description: 'x',
          },
        },
        listed: {
          kind: 'found',
          role: { ...WHOLE_ROLE, managedPolicyArns: [POLICY], instanceProfiles: ['second'] },
          fresh: false,
        },
        policy: { kind: 'found', policy: { arn: POLICY, versionId: 'v1', document: EMPTY } },
        machine: { kind: 'found', machine: { ...MADE, revisionId: 'r' } },
        aliased: [
          {
            ...HELD,
            versionArn: `${MACHINE}:1`,
            aliasArns: [`${MACHINE}:first`, `${MACHINE}:second`],
          },
        ],
        running: {
          revisions: [{ ...HELD, executions: 2, oldestStart: '2026-01-01T00:00:00.000Z' }],
          complete: true,
        },
        execution: RUN,
        recent: [{ arn: `${EXECUTION}-first`, startedAt: STARTED, ended: true }],
      });
    },
  );

  it.each(['sparse', 'bare'] as const)(
    'that is %s: lists that are not reported are empty; a text that is not reported is not known',
    async (of) => {
      expect(await read(of)).toStrictEqual({
        role: {
          kind: 'found',
          role: {
            arn: ROLE,
            roleId: 'x',
            trust: { kind: 'unreadable', text: '', problem: expect.any(String) },
            inlinePolicies: new Map(),
            managedPolicyArns: [],
            tags: new Map(),
            instanceProfiles: [],
            description: '',
          },
        },
        listed: { kind: 'absent', fresh: false },
        policy: expect.objectContaining({ kind: 'retryable' }),
        machine: { kind: 'found', machine: { ...MADE, revisionId: 'INITIAL' } },
        aliased: [],
        running: { revisions: [], complete: true },
        execution: RUN,
        recent: [],
      });
    },
  );
});
