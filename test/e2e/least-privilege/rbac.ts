/** What RBAC allows and what was asked of it, in the same words: `crossaccountlink.dev/awsaccounts/status patch`. */
import { readFileSync } from 'node:fs';
import { parseAllDocuments } from 'yaml';
import type { KubernetesCall } from '../../../testbed/proxy/kubernetes-call.ts';

interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
  readonly resourceNames?: readonly string[];
}

/** Every right that the roles of a manifest give, with the names to which it is limited. */
export function rightsIn(file: string): readonly string[] {
  const rules = parseAllDocuments(readFileSync(file, 'utf8')).flatMap((document): readonly Rule[] => {
    const { rules: found = [] }: { rules?: readonly Rule[] } = document.toJS();
    return found;
  });
  const rights = rules.flatMap(({ apiGroups, resources, verbs, resourceNames = [''] }) =>
    apiGroups.flatMap((group) =>
      resources.flatMap((resource) =>
        verbs.flatMap((verb) => resourceNames.map((name) => right(group, resource, verb, name))),
      ),
    ),
  );
  return [...new Set(rights)].sort();
}

/** The rights that calls have used. A create has no name yet, so only other verbs on Leases can be limited to one. */
export function rightsUsed(calls: readonly KubernetesCall[]): readonly string[] {
  const rights = calls
    .filter(({ resource }) => resource !== '')
    .map(({ group, resource, subresource, verb, name }) => {
      const whole = subresource === '' ? resource : `${resource}/${subresource}`;
      return right(group, whole, verb, resource === 'leases' ? name : '');
    });
  return [...new Set(rights)].sort();
}

function right(group: string, resource: string, verb: string, name: string): string {
  return `${group}/${resource} ${verb}${name === '' ? '' : ` ${name}`}`;
}
