/** Parameters that say of which type the thing is that a call names, or that the call does not name it by its identifier. */
import { hasParameter, literalAt } from '../../parameters.ts';
import type { Task } from '../../task.ts';
import type { ArnForm } from '../iam-data.ts';
import type { OperationUse } from '../operations.ts';

/** Network Firewall's rule groups, by `Type`: the beginning of the resource in the ARN.
 *  https://docs.aws.amazon.com/network-firewall/latest/APIReference/API_DescribeRuleGroup.html */
const RULE_GROUPS: ReadonlyMap<string, string> = new Map([
  ['STATEFUL', 'stateful-rulegroup/'],
  ['STATEFUL_DOMAIN', 'stateful-rulegroup/'],
  ['STATELESS', 'stateless-rulegroup/'],
]);

/** Without the types that the call is not about, as far as its parameters say which one it is. */
export function usesOfNamedType(
  uses: readonly OperationUse[],
  prefix: string,
  task: Task,
): readonly OperationUse[] {
  const named = prefix === 'network-firewall' ? RULE_GROUPS.get(literalAt(task, 'Type') ?? '') : undefined;
  if (named === undefined) return uses;
  const others = [...RULE_GROUPS.values()].filter((type) => type !== named);
  const isOther = ({ resource }: ArnForm) => others.some((type) => resource.startsWith(type));
  return uses.filter(({ forms }) => !forms.every(({ form }) => isOther(form)));
}

/** Whether a parameter holds another name of the thing than the identifier that stands in its ARN, or may hold one at run time.
 *  https://docs.aws.amazon.com/iot-wireless/latest/apireference/API_GetWirelessDevice.html */
export function isOtherName({ service }: ArnForm, path: string, task: Task): boolean {
  if (service !== 'iotwireless' || path !== 'Identifier') return false;
  return hasParameter(task, 'IdentifierType') && literalAt(task, 'IdentifierType')?.endsWith('Id') !== true;
}
