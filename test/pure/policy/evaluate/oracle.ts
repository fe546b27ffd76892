/** One case, asked of our evaluation and of `@cloud-copilot/iam-simulate` (AGPL: tests only). */
import { runSimulation } from '@cloud-copilot/iam-simulate';
import { parseRoleArn } from '../../../../src/arn/arn.ts';
import type { PolicyDocument } from '../../../../src/policy/document.ts';
import { authorize, type EvaluationResult } from '../../../../src/policy/evaluate/authorize.ts';
import { requestContext } from '../../../../src/policy/evaluate/context.ts';
import { Evaluation } from '../../../../src/policy/evaluate/evaluation.ts';
import type { NamedPolicy } from '../../../../src/policy/evaluate/statement.ts';
import { policyToJson } from '../../../../src/policy/print.ts';
import { SESSION, SOURCE, type Case } from './cases.ts';

/** The oracle's decision, with every context key known. */
export async function simulate(one: Case): Promise<string> {
  const account = one.trust === undefined ? one.resourceAccount : SOURCE;
  const [name = ''] = one.roleName.split('/').toReversed();
  const result = await runSimulation(
    {
      request: {
        principal: `arn:aws:sts::${account}:assumed-role/${name}/${SESSION}`,
        action: one.action,
        resource: { resource: one.resource, accountId: one.resourceAccount },
        contextVariables: Object.fromEntries(
          Object.entries(one.context).map(([key, value]) => [
            key,
            typeof value === 'string' ? value : [...value],
          ]),
        ),
      },
      identityPolicies: one.identity.map((policy, index) => ({
        name: String(index),
        policy: policyToJson(policy),
      })),
      serviceControlPolicies: [],
      resourceControlPolicies: [],
      ...(one.boundary && {
        permissionBoundaryPolicies: [{ name: 'boundary', policy: policyToJson(one.boundary) }],
      }),
      ...(one.trust && { resourcePolicy: policyToJson(one.trust) }),
    },
    {},
  );
  if (result.resultType === 'error') throw new Error(JSON.stringify(result.errors));
  return result.overallResult;
}

/** Our decision; of the keys in `hidden` it is told neither a value nor that there is none. */
export function evaluate(one: Case, hidden: readonly string[] = []): EvaluationResult {
  const account = one.trust === undefined ? one.resourceAccount : SOURCE;
  const role = parseRoleArn(`arn:aws:iam::${account}:role/${one.roleName}`);
  if (role === undefined) throw new Error(`not a role name: ${one.roleName}`);
  const isHidden = new Set(hidden.map((key) => key.toLowerCase()));
  const context = requestContext(
    Object.entries(one.context).filter(([key]) => !isHidden.has(key.toLowerCase())),
    (key) => !isHidden.has(key),
  );
  return authorize(
    { action: one.action, resource: one.resource, evaluation: new Evaluation(context) },
    role,
    {
      identity: one.identity.map((policy, index) => named(String(index), policy)),
      ...(one.boundary && { boundary: named('boundary', one.boundary) }),
      ...(one.trust && {
        trust: { policy: named('trust', one.trust), sameAccount: account === one.resourceAccount },
      }),
    },
  );
}

function named(name: string, document: PolicyDocument): NamedPolicy {
  return { name, policy: { kind: 'parsed', document } };
}
