/** Which entries of an AWSAccount apply to a namespace. */
import type { AccessEntry, AccountRules, LabelRequirement, LabelSelector } from './rules.ts';

export interface NamespaceInfo {
  readonly name: string;
  /** Left out while the namespace was not seen: then its labels are unknown, which does not mean that it has none. */
  readonly labels?: Readonly<Record<string, string>>;
}

/** The entries of an AWSAccount's rules that apply to the namespace, in the order of the spec. */
export function entriesFor(rules: AccountRules, namespace: NamespaceInfo): readonly AccessEntry[] {
  return rules.entries.filter((entry) => matchesNamespace(entry, namespace));
}

/** Whether an entry applies to a namespace. An empty selector matches none: in an allow-list, "everything" has to be written
 *  out. To a namespace that was not seen no selector applies, `DoesNotExist` included. */
export function matchesNamespace(
  { namespaceNames, namespaceSelector }: AccessEntry,
  { name, labels }: NamespaceInfo,
): boolean {
  if (namespaceNames.includes(name)) return true;
  return namespaceSelector !== undefined && labels !== undefined && selects(namespaceSelector, labels);
}

function selects(selector: LabelSelector, labels: Readonly<Record<string, string>>): boolean {
  const wanted = Object.entries(selector.matchLabels ?? {});
  const requirements = selector.matchExpressions ?? [];
  if (wanted.length + requirements.length === 0) return false;
  return (
    wanted.every(([key, value]) => labelOf(labels, key) === value) &&
    requirements.every((requirement) => meets(requirement, labels))
  );
}

/** Kubernetes' own semantics: NotIn and DoesNotExist also match if the label is missing.
 *  https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#resources-that-support-set-based-requirements */
function meets(
  { key, operator, values = [] }: LabelRequirement,
  labels: Readonly<Record<string, string>>,
): boolean {
  const value = labelOf(labels, key);
  switch (operator) {
    case 'In':
      return value !== undefined && values.includes(value);
    case 'NotIn':
      return value === undefined || !values.includes(value);
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
    default:
      return false;
  }
}

/** A label may be called `constructor`, which every object inherits. */
function labelOf(labels: Readonly<Record<string, string>>, key: string): string | undefined {
  return Object.hasOwn(labels, key) ? labels[key] : undefined;
}
