/** Policies enforced on the operator's calls, as an evaluator understands them that is not ours. */
import { runSimulation } from '@cloud-copilot/iam-simulate';
import type { PolicyDocument } from '../../../src/policy/document.ts';
import { policyToJson } from '../../../src/policy/print.ts';
import { refuse } from '../../../testbed/proxy/aws-answers.ts';
import type { AwsCall } from '../../../testbed/proxy/aws-call.ts';
import type { Rule } from '../../../testbed/proxy/rules.ts';
import { OPERATOR_ROLE } from '../../../testbed/stage.ts';
import { authorizationsOf, type Authorization } from './authorization.ts';

export class Enforcement {
  /** What the operator asked for and was allowed. */
  readonly allowed: Authorization[] = [];
  readonly denied: Authorization[] = [];
  readonly #policies: Map<string, PolicyDocument>;

  /** @param policies account → policy of the operator's role there */
  constructor(policies: ReadonlyMap<string, PolicyDocument>) {
    this.#policies = new Map(policies);
  }

  policyOf(accountId: string): PolicyDocument {
    const policy = this.#policies.get(accountId);
    if (policy === undefined) throw new Error(`the operator has no role in ${accountId}`);
    return policy;
  }

  /** Enforces another policy. */
  replace(accountId: string, policy: PolicyDocument): void {
    this.#policies.set(accountId, policy);
  }

  /** The rule for the proxy before AWS.
   *  @param awsUrl AWS itself */
  rule(awsUrl: string): Rule<AwsCall> {
    return {
      match: ({ service, caller }) => service !== 'sts' && caller.includes(`:assumed-role/${OPERATOR_ROLE}/`),
      fault: async (call) => {
        for (const authorization of await authorizationsOf(call, awsUrl)) {
          if (await allows(this.policyOf(authorization.accountId), authorization)) {
            this.allowed.push(authorization);
            continue;
          }
          this.denied.push(authorization);
          return refuse('AccessDenied', refusalOf(call, authorization), 403)(call);
        }
        return undefined;
      },
    };
  }
}

export async function allows(policy: PolicyDocument, asked: Authorization): Promise<boolean> {
  const { accountId, action, resource, context } = asked;
  const result = await runSimulation(
    {
      request: {
        principal: `arn:aws:sts::${accountId}:assumed-role/${OPERATOR_ROLE}/crossaccountlink`,
        action,
        resource: { resource, accountId },
        contextVariables: { ...context },
      },
      identityPolicies: [{ name: 'operator', policy: policyToJson(policy) }],
      serviceControlPolicies: [],
      resourceControlPolicies: [],
    },
    {},
  );
  if (result.resultType === 'error') {
    throw new Error(`${action} on ${resource}: ${JSON.stringify(result.errors)}`);
  }
  return result.overallResult === 'Allowed';
}

/** The policy without one action of one statement. */
export function without(policy: PolicyDocument, sid: string, action: string): PolicyDocument {
  return {
    ...policy,
    statements: policy.statements.flatMap((statement) => {
      if (statement.sid !== sid) return [statement];
      const values = statement.actions.values.filter((value) => value !== action);
      return values.length === 0 ? [] : [{ ...statement, actions: { negated: false, values } }];
    }),
  };
}

function refusalOf({ caller }: AwsCall, { action, resource }: Authorization): string {
  return `User: ${caller} is not authorized to perform: ${action} on resource: ${resource}`;
}
