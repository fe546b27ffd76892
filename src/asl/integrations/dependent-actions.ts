/**
 * Further actions that a service asks of the caller, beside the one that the call is named after: the column "Dependent
 * actions" of the Service Authorization Reference. Many of them are asked by what the call is given.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
 *
 * The table maps an IAM prefix to a text of lines `dependent,dependent=actions`: drawn by scripts/generate-iam-tables.ts.
 */
import table from './generated/dependent-actions.json' with { type: 'json' };

const SERVICES: ReadonlyMap<string, string> = new Map(Object.entries(table));
const decoded = new Map<string, ReadonlyMap<string, readonly string[]>>();

/** The dependent actions of an action such as `rds:CreateDBInstance`, in order. The action has to be in AWS's own spelling. */
export function dependentActions(action: string): readonly string[] {
  const [prefix = '', name = ''] = action.split(':');
  const packed = SERVICES.get(prefix);
  if (packed === undefined) return [];
  const service = decoded.get(prefix) ?? decode(packed);
  decoded.set(prefix, service);
  return service.get(name) ?? [];
}

function decode(packed: string): ReadonlyMap<string, readonly string[]> {
  return new Map(
    packed.split('\n').flatMap((line) => {
      const [dependents = '', actions = ''] = line.split('=');
      return actions.split(' ').map((name): [string, string[]] => [name, dependents.split(',')]);
    }),
  );
}
