/** `check`: why is a link not Ready, and the first thing to do. */
import type { CrossAccountLink } from '../api/crossaccountlink.ts';
import { findCondition } from '../api/conditions.ts';
import type { Condition } from '../api/generated.ts';
import { REASONS, type Reason } from '../api/reasons.ts';
import { EXIT, type ExitStatus, type Io } from './io.ts';

/** Exit 0 when all links are Ready, 2 when one is not. */
export function check(links: readonly CrossAccountLink[], io: Io): ExitStatus {
  const troubled = links.filter((link) => readyOf(link)?.status !== 'True');
  for (const link of troubled) io.write(explain(link));
  if (troubled.length === 0) io.write(`${links.length} link${links.length === 1 ? '' : 's'} Ready\n`);
  return troubled.length === 0 ? EXIT.done : EXIT.attention;
}

function explain(link: CrossAccountLink): string {
  const { metadata, status } = link;
  const name = `${metadata.namespace}/${metadata.name}`;
  const ready = readyOf(link);
  if (ready === undefined || status.observedGeneration !== metadata.generation) {
    return `${name}: the operator has not looked at it yet; is it running?\n`;
  }
  const others = (status.conditions ?? []).filter(
    (condition) =>
      condition.status === 'False' && condition.type !== 'Ready' && condition.message !== ready.message,
  );
  return [
    `${name}: ${ready.reason}`,
    `  what      ${ready.message}`,
    ...(isReason(ready.reason)
      ? [`  meaning   ${REASONS[ready.reason].meaning}`, `  first do  ${REASONS[ready.reason].remedy}`]
      : []),
    ...others.map((condition) => `  also      ${condition.type}: ${condition.message}`),
    '',
  ].join('\n');
}

function readyOf({ status }: CrossAccountLink): Condition | undefined {
  return findCondition(status.conditions ?? [], 'Ready');
}

function isReason(text: string): text is Reason {
  return Object.hasOwn(REASONS, text);
}
