/** `check`: why is a link not Ready, and the first thing to do. */
import type { CrossAccountLink } from '../api/crossaccountlink.ts';
import { findCondition } from '../api/conditions.ts';
import type { Condition } from '../api/generated.ts';
import { REASONS, type Reason } from '../api/reasons.ts';
import { EXIT, type ExitStatus, type Io } from './io.ts';
import { printable } from './printable.ts';

/** Exit 0 when all links are Ready for the spec that they have now, 2 when one is not. */
export function check(links: readonly CrossAccountLink[], io: Io): ExitStatus {
  const troubled = links.filter((link) => !isReady(link));
  io.write(troubled.length === 0 ? allReady(links.length) : troubled.map(explain).join('\n'));
  return troubled.length === 0 ? EXIT.done : EXIT.attention;
}

function isReady(link: CrossAccountLink): boolean {
  return isSeen(link) && readyOf(link)?.status === 'True';
}

/** Whether the status speaks of the spec that stands now. */
function isSeen({ metadata, status }: CrossAccountLink): boolean {
  return status.observedGeneration === metadata.generation;
}

function allReady(count: number): string {
  if (count === 0) return 'no links\n';
  return count === 1 ? 'the link is Ready\n' : `all ${count} links are Ready\n`;
}

function explain(link: CrossAccountLink): string {
  const { metadata, status } = link;
  const name = `${metadata.namespace}/${metadata.name}`;
  const ready = readyOf(link);
  if (ready === undefined || !isSeen(link)) {
    const what = status.observedGeneration === undefined || ready === undefined ? 'it' : 'its latest spec';
    return `${name}: the operator has not looked at ${what} yet; is it running?\n`;
  }
  const others = (status.conditions ?? []).filter(
    (condition) =>
      condition.status === 'False' && condition.type !== 'Ready' && condition.message !== ready.message,
  );
  return [
    `${name}: ${ready.reason}`,
    `  what      ${printable(ready.message)}`,
    ...(isReason(ready.reason)
      ? [`  meaning   ${REASONS[ready.reason].meaning}`, `  first do  ${REASONS[ready.reason].remedy}`]
      : []),
    ...others.map((condition) => `  also      ${condition.type}: ${printable(condition.message)}`),
    '',
  ].join('\n');
}

function readyOf({ status }: CrossAccountLink): Condition | undefined {
  return findCondition(status.conditions ?? [], 'Ready');
}

function isReason(text: string): text is Reason {
  return Object.hasOwn(REASONS, text);
}
