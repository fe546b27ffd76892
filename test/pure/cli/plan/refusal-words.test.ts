import { describe, expect, it } from '@jest/globals';
import { refusalWords } from '../../../../src/cli/plan/refusal-words.ts';

const ofType = (path: string, wanted: string, found: string) =>
  `${path}: Invalid value: "${found}": ${path} in body must be of type ${wanted}: "${found}"`;
const BLOCKED =
  '<nil>: Invalid value: null: some validation rules were not checked because the object was invalid; correct the existing errors to complete validation';

const TASKS = 'spec.stateMachineCredentials.tasks';
const STATEMENT = 'spec.targetRole.permissions.statements[0]';

/** What the API server says, and what is added to it. */
const ADVISED: readonly (readonly [kind: string, reason: string, added: string])[] = [
  ['CrossAccountLink', 'unknown field "spec.stateMachineArn"', ' (did you mean stateMachineARN?)'],
  ['CrossAccountLink', `unknown field "${STATEMENT}.Action"`, ' (did you mean actions?)'],
  [
    'CrossAccountLink',
    `unknown field "${STATEMENT}.Effect"`,
    ' (known there: actions, resources, conditions)',
  ],
  [
    'CrossAccountLink',
    'unknown field "spec.targetRole.tags[0].key"',
    ' (spec.targetRole.tags is not a list)',
  ],
  ['CrossAccountLink', 'unknown field "suspend"', ' (it belongs below spec)'],
  ['CrossAccountLink', 'unknown field "specs"', ''],
  ['AWSAccount', ofType('spec.accountID', 'string', 'integer'), ' (put it in quotes)'],
  ['CrossAccountLink', ofType('spec.suspend', 'boolean', 'string'), ' (write it without quotes)'],
  ['AWSAccount', ofType('spec.access[0].maxLinks', 'integer', 'string'), ' (write it without quotes)'],
  [
    'CrossAccountLink',
    ofType(TASKS, 'array', 'string'),
    ' (write a list: [a, b], or a line with "- " for each)',
  ],
  [
    'CrossAccountLink',
    ofType('spec.targetRole', 'object', 'string'),
    ' (it has fields of its own: arn, managementPolicy, adoptionPolicy, unmanaged, …, each with a space after its colon)',
  ],
  [
    'AWSAccount',
    ofType('spec.access[0].namespaces', 'object', 'array'),
    ' (it has fields of its own: names, selector)',
  ],
  [
    'CrossAccountLink',
    `${STATEMENT}.actions[0]: Invalid value: "SendMessage": ${STATEMENT}.actions[0] in body should match '^a$'`,
    ' (see "kubectl explain crossaccountlink.spec.targetRole.permissions.statements.actions")',
  ],
  [
    'CrossAccountLink',
    `${TASKS}: Invalid value: 0: ${TASKS} in body should have at least 1 items`,
    ' (leave the field out, or name one)',
  ],
  ['CrossAccountLink', 'spec.stateMachineARN: Invalid value: "x": must be the ARN', ''],
  ['CrossAccountLink', 'anything else that a later release says', ''],
];

describe('what the API server says of a manifest', () => {
  it.each(ADVISED)('of a %s, %s, is passed on with %j', (kind, reason, added) => {
    expect(refusalWords(kind, reason)).toBe(`${reason}${added}`);
  });

  it('is reported without brackets, and without what goes without saying', () => {
    const [one, two] = [
      ofType('spec.suspend', 'boolean', 'string'),
      'spec.deletionPolicy: Unsupported value: "x": supported values: "Delete", "Retain"',
    ];
    expect(refusalWords('CrossAccountLink', `[${one}, ${two}, ${BLOCKED}]`)).toBe(
      `${one} (write it without quotes); ${two}`,
    );
  });

  it('is passed on of every unknown field, with what was meant', () => {
    const reason = 'unknown field "spec.susspend", unknown field "spec.targetRole.tag"';
    expect(refusalWords('CrossAccountLink', reason)).toBe(
      'unknown field "spec.susspend" (did you mean suspend?); unknown field "spec.targetRole.tag" (did you mean tags?)',
    );
  });
});
