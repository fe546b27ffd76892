/** `status`: links as a tree of accounts, roles, Tasks, conditions and recent drift. */
import type { CrossAccountLink } from '../../api/crossaccountlink.ts';
import { parseArn } from '../../arn/arn.ts';
import { LEG_CONDITIONS, findCondition } from '../../api/conditions.ts';
import type { Condition } from '../../api/generated.ts';
import { EXIT, type ExitStatus, type Io } from '../output/io.ts';
import { isStructured, resourceName, writeStructured } from '../output/output.ts';
import { statusValue } from './status-value.ts';
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

const SHOWN_TASKS = 10;
const SHOWN_DRIFT = 3;

/** Prints the links.
 *  @param output `json`, `yaml`, `name`, or none: a tree for people
 *  @param none the message if there are no links */
export async function status(
  links: readonly CrossAccountLink[],
  io: Io,
  output?: string,
  none = 'no links',
): Promise<ExitStatus> {
  if (isStructured(output)) await writeStructured(output, { links: links.map(statusValue) }, io);
  else if (output === 'name') io.write(links.map(({ metadata }) => resourceName(metadata.name)).join(''));
  else io.print(statusLines(links, none));
  return EXIT.done;
}

/** The trees of the links, separated by empty lines. */
export function statusLines(links: readonly CrossAccountLink[], none = 'no links'): readonly Line[] {
  if (links.length === 0) return [line(none)];
  return links.flatMap((link, index) => [...(index === 0 ? [] : [EMPTY_LINE]), ...treeOf(link)]);
}

function treeOf(link: CrossAccountLink): readonly Line[] {
  const { spec, status: now } = link;
  const conditions = now.conditions ?? [];
  const source = parseArn(spec.stateMachineARN)?.accountId ?? '';
  const target = parseArn(spec.targetRole.arn)?.accountId ?? '';
  return [
    headOf(link),
    branch('├─ ', '│    ', 'source account ', strong(source)),
    branch('│  ├─ ', '│  │    ', 'state machine ', spec.stateMachineARN),
    branch('│  ├─ ', '│  │    ', 'execution role ', now.executionRoleARN ?? 'not read yet'),
    branch('│  └─ ', '│       ', 'Tasks ', tasksOf(now)),
    branch('├─ ', '│    ', 'target account ', strong(target)),
    branch('│  └─ ', '│       ', 'target role ', spec.targetRole.arn),
    branch('├─ ', '│    ', 'conditions'),
    ...LEG_CONDITIONS.map((type) =>
      branch('│  ├─ ', '│  │    ', ...conditionOf(type, findCondition(conditions, type))),
    ),
    branch('│  └─ ', '│       ', ...conditionOf('Effective', findCondition(conditions, 'Effective'))),
    ...driftOf(now),
  ];
}

function branch(start: string, hang: string, ...pieces: readonly Piece[]): Line {
  return hanging(hang, faint(start), ...pieces);
}

/** Its name and its state, with the reason in the colour of the state. */
function headOf({ metadata, spec, status: now }: CrossAccountLink): Line {
  const ready = findCondition(now.conditions, 'Ready');
  const state = ready?.status ?? 'Unknown';
  const marks = [
    ...(spec.suspend === true ? ['suspended'] : []),
    ...(metadata.deletionTimestamp === undefined ? [] : ['being deleted']),
  ];
  const comma = marks.length > 0 ? ',' : '';
  return line(
    strong(`${metadata.namespace}/${metadata.name}`),
    '  ',
    inColourOf(state, `Ready=${state} (${ready?.reason ?? 'not looked at yet'})${comma}`),
    ...(marks.length > 0 ? [' ', warning(marks.join(', '))] : []),
  );
}

function tasksOf({ tasks = [], taskCount = tasks.length }: CrossAccountLink['status']): string {
  const named = tasks.slice(0, SHOWN_TASKS).map((task) => `"${task}"`);
  const more = taskCount - named.length;
  if (named.length === 0) return 'none';
  return `${named.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

/** A condition: without its message if it is True. */
function conditionOf(type: string, condition: Condition | undefined): readonly Piece[] {
  if (condition === undefined) return [faint('?'), ` ${type}: not looked at yet`];
  if (condition.status === 'True') return [good('✓'), ` ${type}`];
  return [condition.status === 'False' ? bad('✗') : warning('?'), ` ${type}: ${condition.message}`];
}

/** A text about a condition of this status. */
export function inColourOf(state: string, text: string): Piece {
  if (state === 'True') return good(text);
  return state === 'False' ? bad(text) : warning(text);
}

function driftOf({ drift }: CrossAccountLink['status']): readonly Line[] {
  const recent = (drift?.recent ?? []).slice(0, SHOWN_DRIFT);
  return [
    line(faint('└─ '), `drift ${drift?.total ?? 0}`),
    ...recent.map(({ time, field, object, repaired }, index) => {
      const last = index === recent.length - 1;
      return hanging(
        last ? '        ' : '   │    ',
        faint(`   ${last ? '└' : '├'}─ `),
        `${time} ${field} of ${object}, `,
        repaired ? good('repaired') : bad('not repaired'),
      );
    }),
  ];
}
