/** What went over the wire, in the figures that the targets speak of. */
import type { Rig } from './rig.ts';

export interface Counts {
  readonly aws: number;
  readonly iam: number;
  readonly awsWrites: number;
  readonly kubernetesWrites: number;
  /** Calls to AWS and writes to Kubernetes by name, for the reader who wonders. */
  readonly byName: Readonly<Record<string, number>>;
}

/** Counts since the rig's logs were cleared. Polls of an event queue are not for links, and are left out. */
export function countsOf({ aws, kubernetes }: Rig): Counts {
  const calls = aws.calls.all.map(({ call }) => call).filter(({ service }) => service !== 'sqs');
  const writes = kubernetes.calls.matching(({ write }) => write).map(({ call }) => call);
  const names = [
    ...calls.map(({ operation }) => operation),
    ...writes.map(({ verb, resource, subresource }) => [verb, resource, subresource].join(' ').trim()),
  ];
  const byName: Record<string, number> = {};
  for (const name of names) byName[name] = (byName[name] ?? 0) + 1;
  return {
    aws: calls.length,
    iam: calls.filter(({ service }) => service === 'iam').length,
    awsWrites: calls.filter(({ write }) => write).length,
    kubernetesWrites: writes.length,
    byName,
  };
}
