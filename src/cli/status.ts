/** `status`: links as a tree of accounts, roles, Tasks, conditions and recent drift. */
import type { CrossAccountLink } from '../api/crossaccountlink.ts';
import { LEG_CONDITIONS, findCondition } from '../api/conditions.ts';
import { EXIT, type ExitStatus, type Io } from './io.ts';

const SHOWN_TASKS = 10;
const SHOWN_DRIFT = 3;

export function status(links: readonly CrossAccountLink[], io: Io): ExitStatus {
  for (const link of links) io.write(`${treeOf(link).join('\n')}\n`);
  if (links.length === 0) io.write('no links\n');
  return EXIT.done;
}

function treeOf({ metadata, spec, status: now }: CrossAccountLink): readonly string[] {
  const conditions = now.conditions ?? [];
  const ready = findCondition(conditions, 'Ready');
  const source = spec.stateMachineARN.split(':')[4] ?? '';
  const target = spec.targetRole.arn.split(':')[4] ?? '';
  const tasks = now.tasks ?? [];
  const more = (now.taskCount ?? tasks.length) - SHOWN_TASKS;
  return [
    `${metadata.namespace}/${metadata.name}  Ready=${ready?.status ?? 'Unknown'} (${ready?.reason ?? 'not looked at yet'})`,
    `├─ ${source}  state machine ${now.stateMachine ?? spec.stateMachineARN}`,
    `│  ├─ execution role ${now.executionRoleARN ?? 'unknown'}`,
    `│  └─ Tasks ${
      tasks
        .slice(0, SHOWN_TASKS)
        .map((task) => `"${task}"`)
        .join(', ') || 'none'
    }${more > 0 ? ` and ${more} more` : ''}`,
    `├─ ${target}  target role ${spec.targetRole.arn}`,
    ...LEG_CONDITIONS.map((type) => `│  ├─ ${legLine(type, findCondition(conditions, type))}`),
    `│  └─ ${legLine('Effective', findCondition(conditions, 'Effective'))}`,
    `└─ drift ${now.drift?.total ?? 0}`,
    ...(now.drift?.recent ?? [])
      .slice(0, SHOWN_DRIFT)
      .map(
        ({ time, field, object, repaired }) =>
          `   ${time}  ${field} of ${object}  ${repaired ? 'repaired' : 'left as it is'}`,
      ),
  ];
}

function legLine(
  type: string,
  condition: { readonly status: string; readonly message: string } | undefined,
): string {
  if (condition === undefined) return `${type} ?`;
  return condition.status === 'True' ? `${type} ✓` : `${type} ✗ ${condition.message}`;
}
