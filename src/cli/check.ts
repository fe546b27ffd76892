/** `check`: why is a link not Ready, and the first thing to do. */
import type { CrossAccountLink } from '../api/crossaccountlink.ts';
import { findCondition } from '../api/conditions.ts';
import type { Condition } from '../api/generated.ts';
import { adviceFor } from './advice.ts';
import { EXIT, type ExitStatus, type Io } from './io.ts';
import { isStructured, resourceName, writeStructured } from './output.ts';
import { readyValue } from './status-value.ts';
import { EMPTY_LINE, hanging, line, strong, type Line } from './text.ts';
import { inColourOf } from './status.ts';

/** Exit 0 when all links are Ready for the spec that they have now, 2 when one is not.
 *  @param output `json`, `yaml`, `name` (of those not Ready), or none: sentences for people */
export async function check(
  links: readonly CrossAccountLink[],
  io: Io,
  output?: string,
): Promise<ExitStatus> {
  const troubled = links.filter((link) => !isReady(link));
  if (isStructured(output)) await writeStructured(output, { links: links.map(checkValue) }, io);
  else if (output === 'name') io.write(troubled.map(({ metadata }) => resourceName(metadata.name)).join(''));
  else io.print(troubled.length === 0 ? [line(allReady(links.length))] : explainAll(troubled));
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
  if (count === 0) return 'no links';
  return count === 1 ? 'the link is Ready' : `all ${count} links are Ready`;
}

function checkValue(link: CrossAccountLink) {
  const { metadata } = link;
  const ready = readyValue(link);
  return {
    namespace: metadata.namespace,
    name: metadata.name,
    ready,
    upToDate: isSeen(link),
    advice: adviceFor(ready.reason, ready.message)?.remedy ?? '',
    also: othersOf(link).map(({ type, reason, message }) => ({ type, reason, message })),
  };
}

function explainAll(links: readonly CrossAccountLink[]): readonly Line[] {
  return links.flatMap((link, index) => [...(index === 0 ? [] : [EMPTY_LINE]), ...explain(link)]);
}

const HANG = ' '.repeat(12);

function explain(link: CrossAccountLink): readonly Line[] {
  const { metadata, status } = link;
  const name = `${metadata.namespace}/${metadata.name}`;
  const ready = readyOf(link);
  if (ready === undefined || !isSeen(link)) {
    const what = status.observedGeneration === undefined || ready === undefined ? 'it' : 'its latest spec';
    return [line(strong(name), `: the operator has not looked at ${what} yet; is it running?`)];
  }
  const advice = adviceFor(ready.reason, ready.message);
  return [
    line(strong(name), ': ', inColourOf(ready.status, ready.reason)),
    hanging(HANG, '  what      ', ready.message),
    ...(advice?.meaning === undefined ? [] : [hanging(HANG, '  meaning   ', advice.meaning)]),
    ...(advice === undefined ? [] : [hanging(HANG, '  first do  ', advice.remedy)]),
    ...othersOf(link).map(({ type, message }) => hanging(HANG, '  also      ', `${type}: ${message}`)),
  ];
}

function othersOf(link: CrossAccountLink): readonly Condition[] {
  const ready = readyOf(link);
  return (link.status.conditions ?? []).filter(
    (condition) =>
      condition.status === 'False' && condition.type !== 'Ready' && condition.message !== ready?.message,
  );
}

function readyOf({ status }: CrossAccountLink): Condition | undefined {
  return findCondition(status.conditions ?? [], 'Ready');
}
