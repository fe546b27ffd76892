/** `check`: why a link is not Ready, and the first thing to do. */
import type { CrossAccountLink } from '../../api/crossaccountlink.ts';
import { findCondition } from '../../api/conditions.ts';
import type { Condition } from '../../api/generated.ts';
import { isReleased } from '../../api/metadata.ts';
import { systemClock } from '../../base/clock.ts';
import { adviceForLink, isPaused } from '../../api/advice.ts';
import { chosenLinks, type Cluster, type Where } from '../cluster/cluster.ts';
import type { PartCheck } from './part-check.ts';
import { checkInstallation } from './installation-check.ts';
import { gatherFacts } from './installation-facts.ts';
import { EXIT, type ExitStatus, type Io } from '../output/io.ts';
import { isStructured, resourceName, writeStructured } from '../output/output.ts';
import { keepersSentence } from '../../report/released.ts';
import { readyValue } from '../status/status-value.ts';
import {
  bad,
  EMPTY_LINE,
  faint,
  good,
  hanging,
  line,
  strong,
  warning,
  type Line,
  type Piece,
} from '../output/text.ts';
import { inColourOf } from '../status/status.ts';

/** What was checked. */
export interface Findings {
  /** Left out if only links were asked for. */
  readonly installation?: readonly PartCheck[];
  /** Undefined if they could not be listed, because they are not installed. */
  readonly links: readonly CrossAccountLink[] | undefined;
  /** The message if there are none. */
  readonly none?: string;
}

/** Prints the findings. Exit 0 if nothing of the installation fails and all links are Ready for their present spec, otherwise
 *  2.
 *  @param output `json`, `yaml`, `name` (of the links that are not Ready), or none: sentences for people */
export async function check(findings: Findings, io: Io, output?: string): Promise<ExitStatus> {
  const { installation, links } = findings;
  const troubled = (links ?? []).filter((link) => !isReady(link));
  if (isStructured(output)) await writeStructured(output, checkValues(findings), io);
  else if (output === 'name') io.write(troubled.map(({ metadata }) => resourceName(metadata.name)).join(''));
  else
    io.print([
      ...(installation === undefined ? [] : [...installation.flatMap(describeCheck), EMPTY_LINE]),
      ...describeLinks(findings, troubled),
    ]);
  const fails = installation?.some(({ state }) => state === 'failure') === true;
  return troubled.length === 0 && !fails ? EXIT.done : EXIT.attention;
}

function describeLinks({ links, none = 'no links' }: Findings, troubled: readonly CrossAccountLink[]) {
  if (links === undefined) return [];
  if (troubled.length > 0) return explainAll(troubled);
  return [line(links.length === 0 ? none : allReady(links.length, links.filter(isPaused).length))];
}

/** Checks the installation, and the links of the namespace, or of all. */
export async function lookAround(
  cluster: Cluster,
  where: Where,
  version: string,
): Promise<Omit<Findings, 'none'>> {
  const facts = await gatherFacts(cluster.client);
  const installation = checkInstallation(facts, { version, nowMs: systemClock.wallMs() });
  const installed = facts.crds.every(({ absent }) => !absent);
  return { installation, links: installed ? await chosenLinks(cluster, [], where) : undefined };
}

const MARKS: Readonly<Record<PartCheck['state'], Piece>> = {
  ok: good('✓'),
  attention: warning('!'),
  failure: bad('✗'),
  unseen: faint('-'),
};
const SUBJECT_WIDTH = 12;

function describeCheck({ subject, state, message, remedy }: PartCheck): readonly Line[] {
  const hang = ' '.repeat(SUBJECT_WIDTH + 2);
  return [
    hanging(hang, MARKS[state], ` ${subject.padEnd(SUBJECT_WIDTH)}`, message),
    ...(remedy === undefined ? [] : [hanging(hang, `${hang}first do: `, remedy)]),
  ];
}

function checkValues({ installation, links = [] }: Findings): object {
  return { ...(installation !== undefined && { installation }), links: links.map(checkValue) };
}

function isReady(link: CrossAccountLink): boolean {
  return isSeen(link) && readyOf(link)?.status === 'True';
}

/** Whether the status is about the present spec. */
function isSeen({ metadata, status }: CrossAccountLink): boolean {
  return status.observedGeneration === metadata.generation;
}

function allReady(count: number, paused: number): string {
  const ready = count === 1 ? 'the link is Ready' : `all ${count} links are Ready`;
  if (paused === 0) return ready;
  const which =
    count === 1 ? 'it is suspended' : `${paused} of them ${paused === 1 ? 'is' : 'are'} suspended`;
  return `${ready}; ${which}: nothing is checked or repaired`;
}

function checkValue(link: CrossAccountLink) {
  const { metadata } = link;
  const ready = readyValue(link);
  return {
    namespace: metadata.namespace,
    name: metadata.name,
    ready,
    upToDate: isSeen(link),
    advice: adviceForLink(link)?.remedy ?? '',
    also: othersOf(link).map(({ type, reason, message }) => ({ type, reason, message })),
  };
}

function explainAll(links: readonly CrossAccountLink[]): readonly Line[] {
  return links.flatMap((link, index) => [...(index === 0 ? [] : [EMPTY_LINE]), ...explain(link)]);
}

const HANG = ' '.repeat(12);

function unseenPart(link: CrossAccountLink): string {
  if (link.metadata.deletionTimestamp !== undefined) return 'its deletion';
  return link.status.observedGeneration === undefined || readyOf(link) === undefined
    ? 'it'
    : 'its latest spec';
}

function explain(link: CrossAccountLink): readonly Line[] {
  const { metadata } = link;
  const name = `${metadata.namespace}/${metadata.name}`;
  const ready = readyOf(link);
  if (ready === undefined || !isSeen(link)) {
    if (isReleased(metadata)) return [line(strong(name), ': being deleted. ', keepersSentence(metadata))];
    return [line(strong(name), `: the operator has not looked at ${unseenPart(link)} yet; is it running?`)];
  }
  const advice = adviceForLink(link);
  return [
    line(
      strong(name),
      ': ',
      inColourOf(ready.status, ready.reason),
      isPaused(link) && ready.reason !== 'Suspended' ? ', suspended' : '',
    ),
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
  return findCondition(status.conditions, 'Ready');
}
