/** `status`: links as a tree of accounts, roles, Tasks, conditions and recent drift. */
import type { CrossAccountLink } from '../api/crossaccountlink.ts';
import { parseArn } from '../arn/arn.ts';
import { LEG_CONDITIONS, findCondition } from '../api/conditions.ts';
import type { Condition } from '../api/generated.ts';
import { EXIT, type ExitStatus, type Io } from './io.ts';
import { printable } from './printable.ts';

const SHOWN_TASKS = 10;
const SHOWN_DRIFT = 3;

export function status(links: readonly CrossAccountLink[], io: Io): ExitStatus {
  io.write(links.length === 0 ? 'no links\n' : links.map(treeOf).join('\n'));
  return EXIT.done;
}

function treeOf({ metadata, spec, status: now }: CrossAccountLink): string {
  const conditions = now.conditions ?? [];
  const ready = findCondition(conditions, 'Ready');
  const source = parseArn(spec.stateMachineARN)?.accountId ?? '';
  const target = parseArn(spec.targetRole.arn)?.accountId ?? '';
  const marks = [
    `Ready=${ready?.status ?? 'Unknown'} (${ready?.reason ?? 'not looked at yet'})`,
    ...(spec.suspend === true ? ['suspended'] : []),
    ...(metadata.deletionTimestamp === undefined ? [] : ['being deleted']),
  ];
  return [
    `${metadata.namespace}/${metadata.name}  ${marks.join(', ')}`,
    `├─ source account ${source}`,
    `│  ├─ state machine ${spec.stateMachineARN}`,
    `│  ├─ execution role ${now.executionRoleARN ?? 'not read yet'}`,
    `│  └─ Tasks ${tasksOf(now)}`,
    `├─ target account ${target}`,
    `│  └─ target role ${spec.targetRole.arn}`,
    '├─ conditions',
    ...LEG_CONDITIONS.map((type) => `│  ├─ ${conditionLine(type, findCondition(conditions, type))}`),
    `│  └─ ${conditionLine('Effective', findCondition(conditions, 'Effective'))}`,
    ...driftOf(now),
    '',
  ].join('\n');
}

function tasksOf({ tasks = [], taskCount = tasks.length }: CrossAccountLink['status']): string {
  const named = tasks.slice(0, SHOWN_TASKS).map((task) => `"${printable(task)}"`);
  const more = taskCount - named.length;
  if (named.length === 0) return 'none';
  return `${named.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

/** A True condition is shown alone, any other with its message. */
function conditionLine(type: string, condition: Condition | undefined): string {
  if (condition === undefined) return `? ${type}: not looked at yet`;
  if (condition.status === 'True') return `✓ ${type}`;
  return `${condition.status === 'False' ? '✗' : '?'} ${type}: ${printable(condition.message)}`;
}

function driftOf({ drift }: CrossAccountLink['status']): readonly string[] {
  const recent = (drift?.recent ?? []).slice(0, SHOWN_DRIFT);
  return [
    `└─ drift ${drift?.total ?? 0}`,
    ...recent.map(
      ({ time, field, object, repaired }, index) =>
        `   ${index === recent.length - 1 ? '└' : '├'}─ ${time} ${printable(field)} of ${printable(object)}, ${repaired ? 'repaired' : 'not repaired'}`,
    ),
  ];
}
