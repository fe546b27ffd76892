/** The derived permissions for people: each statement with the Tasks that need it, each open decision with what to write. */
import { entryFor, printEntry } from '../../asl/derive/spec-entry.ts';
import type { Derivation } from '../../asl/derive/derive.ts';
import type { Diagnostic } from '../../asl/derive/diagnostic.ts';
import type { Place } from '../../asl/integrations/reading.ts';
import type { Statement } from '../../policy/document.ts';
import { counted } from '../../base/counted.ts';
import { printable } from '../../base/printable.ts';

/** The permissions of a machine that lies in this account and Region. */
export function describePermissions(derivation: Derivation, place: Place): string {
  const { statements, tasks, diagnostics } = derivation;
  const decisions = diagnostics.filter(({ blocking }) => blocking);
  const remarks = diagnostics.filter(({ blocking }) => !blocking);
  return [
    `Target role in account ${place.accountId} (${place.partition}, ${place.region}): ${counted(statements.length, 'statement')} for ${counted(tasks.length, 'Task')}`,
    ...statements.map((statement) => describeStatement(statement, derivation)),
    ...(decisions.length === 0
      ? []
      : [
          `${counted(decisions.length, 'open decision')}`,
          ...decisions.map((one) => describeDecision(one, place)),
        ]),
    ...(remarks.length === 0
      ? []
      : [['For information', ...remarks.map(({ message }) => `  ${printable(message)}`)].join('\n')]),
  ]
    .map((paragraph) => `${paragraph}\n`)
    .join('\n');
}

function describeStatement(statement: Statement, { tasks }: Derivation): string {
  const { sid = '', actions, resources, conditions = {} } = statement;
  const needing = tasks.filter(({ sids }) => sids.includes(sid)).map(({ name }) => JSON.stringify(name));
  const limits = Object.entries(conditions).flatMap(([operator, keys]) =>
    Object.entries(keys).map(([key, values]) => `${key} ${operator} ${values.join(' or ')}`),
  );
  return [
    sid,
    ...column('allow', actions.values),
    ...column('on', resources?.values ?? []),
    ...column('if', limits),
    ...column('for', needing),
  ].join('\n');
}

/** A word, followed by its values one below the other. */
function column(word: string, values: readonly string[]): string[] {
  return values.map((value, at) => `  ${(at === 0 ? word : '').padEnd(6)}${printable(value)}`);
}

function describeDecision(diagnostic: Diagnostic, place: Place): string {
  const entry = entryFor(diagnostic, place);
  const advice =
    entry === undefined
      ? []
      : [
          'targetRole:',
          '  permissions:',
          `    ${entry.kind}: # narrow each *`,
          `      - ${printEntry(entry)}`,
        ];
  return [
    `${diagnostic.reason}: ${printable(diagnostic.message)}`,
    ...advice.map((line) => `    ${line}`),
  ].join('\n');
}
