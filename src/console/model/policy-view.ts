/** A link's Tasks according to its state machine's definition → the permissions that they need, and which Task needs which. */
import type { CrossAccountLink } from '../../api/crossaccountlink.ts';
import type { PermissionStatement } from '../../api/generated.ts';
import { parseRoleArn, parseStateMachineArn } from '../../arn/arn.ts';
import type { Definition } from '../../asl/definition/definition.ts';
import { derivePermissions } from '../../asl/derive/derive.ts';
import { selectTasks } from '../../asl/derive/select.ts';
import type { Statement } from '../../policy/document.ts';
import { statementToJson } from '../../policy/print.ts';
import type { PolicyView, StatementView } from './contract.ts';

export function policyView({ spec }: CrossAccountLink, definition: Definition): PolicyView {
  const machine = parseStateMachineArn(spec.stateMachineARN);
  const role = parseRoleArn(spec.targetRole.arn);
  if (machine === undefined || role === undefined)
    return { kind: 'unavailable', why: 'The link names no state machine and role of AWS.' };
  const { derive = true, resources = [], statements: added = [] } = spec.targetRole.permissions ?? {};
  const { selected, ambiguous, missing } = selectTasks(
    definition,
    role.accountId,
    spec.stateMachineCredentials?.tasks,
  );
  const derivation = derivePermissions(selected, {
    accountId: role.accountId,
    region: machine.region,
    partition: role.partition,
    hints: resources,
  });
  const derived = derivation.statements.map((statement): StatementView => {
    const tasks = derivation.tasks.filter(({ sids }) => sids.includes(statement.sid ?? ''));
    return statementView(
      statement,
      tasks.map(({ name }) => name),
    );
  });
  return {
    kind: 'derived',
    statements: [...(derive ? derived : []), ...added.map(addedView)],
    remarks: [
      ...derivation.diagnostics.map(({ task, message }) => ({ task, message })),
      ...ambiguous,
      ...missing.map((task) => ({ task, message: `The definition has no Task "${task}".` })),
    ],
  };
}

function statementView(statement: Statement, tasks: readonly string[]): StatementView {
  const { Sid = '', Action = [], Resource = [], Condition } = statementToJson(statement);
  return {
    sid: Sid,
    actions: Action,
    resources: Resource,
    ...(Condition !== undefined && { conditions: JSON.stringify(Condition) }),
    tasks,
  };
}

function addedView({ actions, resources, conditions }: PermissionStatement, index: number): StatementView {
  return {
    sid: `permissions.statements[${index}]`,
    actions,
    resources,
    ...(conditions !== undefined && { conditions: JSON.stringify(conditions) }),
    tasks: [],
  };
}
