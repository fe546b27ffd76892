/** Does the admission policy keep tenants from what they must not write, and let the operator write it? */
import { firstFew } from '../../base/first-few.ts';
import { isJsonObject, itemsOf, objectAt, stringAt, type JsonObject } from '../../base/json.ts';
import { parseMetadata } from '../../kubernetes/metadata.ts';
import type { InstallationFacts } from './installation-facts.ts';
import type { PartCheck } from './part-check.ts';

const NAMED = 3;

/** Checks the policy about this API, with the operator's ServiceAccount as far as it is known. */
export function checkAdmission(facts: InstallationFacts): PartCheck {
  const subject = 'admission';
  const { policies, policyBindings } = facts;
  if (policies === undefined)
    return { subject, state: 'unseen', message: 'you may not list ValidatingAdmissionPolicies' };
  const remedy =
    'Install it (admissionPolicy.enabled in the chart, deploy/base/admissionpolicy.yaml): without it, everybody who may edit links can write their status and finalizers.';
  if (policies.length === 0)
    return { subject, state: 'attention', message: 'the policy is not installed', remedy };
  const bindings = policyBindings?.map((binding) => stringAt(objectAt(binding, 'spec'), 'policyName'));
  const bound = policies.filter((policy) => bindings?.includes(parseMetadata(policy).name) ?? true);
  if (bound.length === 0)
    return { subject, state: 'attention', message: 'the policy is installed and not bound', remedy };
  const refusing = bound.flatMap((policy) => refusalBy(policy, operatorIn(facts)));
  if (refusing.length > 0)
    return {
      subject,
      state: 'failure',
      message: firstFew(refusing, NAMED),
      remedy:
        'Let its variable isOperator name the operator’s ServiceAccount, as the chart does by itself; delete the policy of an operator that is gone.',
    };
  const names = bound.map((policy) => parseMetadata(policy).name);
  return { subject, state: 'ok', message: `policy ${names.join(', ')} guards status and finalizers` };
}

/** The operator's ServiceAccount, as far as it is known. */
interface OperatorAccount {
  readonly namespace: string;
  readonly name: string | undefined;
}

function operatorIn({ finding, deployments = [] }: InstallationFacts): OperatorAccount | undefined {
  if (finding.kind !== 'found') return undefined;
  const { namespace } = finding.installation;
  const own = deployments.find((object) => parseMetadata(object).namespace === namespace);
  const pod = objectAt(objectAt(objectAt(own ?? {}, 'spec'), 'template'), 'spec');
  return { namespace, name: stringAt(pod, 'serviceAccountName') };
}

/** What a policy does to the operator if it expects another ServiceAccount. */
function refusalBy(policy: JsonObject, operator: OperatorAccount | undefined): readonly string[] {
  const variables = itemsOf(objectAt(policy, 'spec')['variables']).filter(isJsonObject);
  const expression = variables.find(({ name }) => name === 'isOperator')?.['expression'];
  const [known, namespace, name] =
    /system:serviceaccount:([a-z0-9-]+):([a-z0-9.-]+)/.exec(String(expression)) ?? [];
  if (known === undefined || operator === undefined) return [];
  if (namespace === operator.namespace && name === (operator.name ?? name)) return [];
  return [
    `policy ${parseMetadata(policy).name} takes ${known} for the operator, which is ${operator.name ?? 'another'} in namespace ${operator.namespace}: it refuses everything that the operator writes`,
  ];
}
