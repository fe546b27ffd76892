/** Which IAM actions can be bound to resources at all. */
import { findIamAction } from '../integrations/iam-data.ts';

/** Whether IAM knows the action only with `Resource: "*"`. Patterns and actions nobody documents count as bindable. */
export function takesNoResource(action: string): boolean {
  const [prefix = '', name = ''] = action.split(':');
  const known = findIamAction(prefix.toLowerCase(), name);
  return known !== undefined && known.resourceTypes.length === 0;
}
