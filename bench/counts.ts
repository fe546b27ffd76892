/** What went over the wire, in the terms that the targets use. */
import type { Rig } from './rig.ts';

export interface Counts {
  /** Without reads of old definitions. */
  readonly aws: number;
  /** Reads of aliases, versions and executions. */
  readonly oldDefinitionReads: number;
  readonly iam: number;
  readonly awsWrites: number;
  readonly kubernetesWrites: number;
  /** Calls to AWS and writes to Kubernetes by name, for curious readers. */
  readonly byName: Readonly<Record<string, number>>;
}

/** Only made if a definition changed, or something is about to shrink; the budgets are for the other calls. */
export const OLD_DEFINITION_READS: ReadonlySet<string> = new Set([
  'ListStateMachineAliases',
  'DescribeStateMachineAlias',
  'ListStateMachineVersions',
  'ListExecutions',
  'DescribeStateMachineForExecution',
]);

/** Counts since the rig's logs were cleared. Polls of an event queue are left out, because they do not belong to links. */
export function countsOf({ aws, kubernetes }: Rig): Counts {
  const made = aws.calls.all.map(({ call }) => call).filter(({ service }) => service !== 'sqs');
  const calls = made.filter(({ operation }) => !OLD_DEFINITION_READS.has(operation));
  const writes = kubernetes.calls.matching(({ write }) => write).map(({ call }) => call);
  const names = [
    ...made.map(({ operation }) => operation),
    ...writes.map(({ verb, resource, subresource }) => [verb, resource, subresource].join(' ').trim()),
  ];
  const byName: Record<string, number> = {};
  for (const name of names) byName[name] = (byName[name] ?? 0) + 1;
  return {
    aws: calls.length,
    oldDefinitionReads: made.length - calls.length,
    iam: calls.filter(({ service }) => service === 'iam').length,
    awsWrites: calls.filter(({ write }) => write).length,
    kubernetesWrites: writes.length,
    byName,
  };
}
