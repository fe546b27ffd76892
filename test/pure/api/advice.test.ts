/** The advice of `check` and of the console against the messages that the operator really writes. */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { REASONS } from '../../../src/api/reasons.ts';
import { ERROR_ROWS } from '../../../src/aws/errors/error-rows.ts';
import { toFailure } from '../../../src/aws/errors/errors.ts';
import { adviceFor } from '../../../src/api/advice.ts';
import { SPECIAL_CASES } from '../../../src/api/advice-cases.ts';

const SOURCES = new URL('../../../src/', import.meta.url);
const ALL_SOURCES = readdirSync(SOURCES, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ts') && !path.startsWith('cli/') && !path.startsWith('api/advice'))
  .map((path) => readFileSync(new URL(path, SOURCES), 'utf8'))
  .join('\n')
  // A sentence that is written in two parts.
  .replaceAll(/[`'] \+\s*[`']/g, '');

const WAIT = /^Wait: the operator continues by itself\.$/;
const NONE = /^Nothing\.$/;

/** A message as the operator writes it; the part between the bars is in the source word for word. */
const CASES: readonly (readonly [reason: keyof typeof REASONS, message: string, remedy: RegExp])[] = [
  ['InSync', 'The state machine |can call into the target account|.', NONE],
  ['Creating', '|The link is being created.|', WAIT],
  ['Creating', '|Waits for an earlier leg.|', WAIT],
  ['Creating', '|Waits: |The trust policy of r cannot be read (x), so …', /^Look at the other conditions/],
  ['Creating', '|Waits for the target role and the grant.|', WAIT],
  ['Repairing', '|Not written yet: |description of role r.', WAIT],
  ['Propagating', 'IAM gets 8 s |more to propagate before the definition uses the roles.|', WAIT],
  [
    'Propagating',
    'UpdateAssumeRolePolicy on r: the trust policy names AROAEXAMPLE, |the ID of a role or user that was deleted|; remove that statement: IAM refuses every change until then',
    /^Remove the statement that names that ID/,
  ],
  [
    'PolicyRefused',
    'UpdateAssumeRolePolicy on r: the trust policy names AROAEXAMPLE, |the ID of a role or user that was deleted|; remove that statement',
    /^Remove the statement that names that ID/,
  ],
  [
    'Deleting',
    '|Waits until the state machines of all links that may share an object have been read.|',
    WAIT,
  ],
  [
    'DeletionBlocked',
    'The role is still used by alias live|: end it or move the alias, or abandon the link.|',
    /^End the executions or move the alias/,
  ],
  ['DeletionBlocked', '|spec.suspend is true: resume the link, or abandon it.|', /^Resume the link/],
  [
    'DeletionBlocked',
    'Nothing is removed from r |while another link that shares it is suspended or not in order: |fix that link, or abandon this one.',
    /^Resume or fix the other links/,
  ],
  [
    'DeletionBlocked',
    "No AWSAccount registers the source account 1: ask a platform administrator to create one. |Without it the link's objects in AWS cannot be removed; to leave them, abandon the link.|",
    /^Have the AWSAccount created again/,
  ],
  [
    'DeletionBlocked',
    "DeleteRole on r: AccessDenied (no); compare the operator's role with bootstrap|. Fix that, or abandon the link.|",
    /^Fix what the message names/,
  ],
  [
    'DeletionBlocked',
    '|checkout| still names the role in "|Send|", and stateMachineCredentials is only observed: |remove the Credentials there, or abandon the link.|',
    /^Have the owner of the definition/,
  ],
  [
    'DeletionBlocked',
    'Waits until a younger link can take over "|Send|". |Fix that link, remove the Tasks from it or delete it, or abandon this one.',
    /^Fix or delete the younger link/,
  ],
  [
    'DeletionBlocked',
    'Waits until the state machines of all links that may share an object have been read. |Some cannot be read: fix the links that are not Ready, or abandon this one.',
    /^Fix the links/,
  ],
  ['Suspended', '|Suspended|: nothing is checked.', /resume/],
  [
    'DriftDetected',
    '|Differs, and this leg is only observed: |description of role r.',
    /kubectl crossaccountlink plan/,
  ],
  ['Reachable', '|No policy that was read denies the access.|', NONE],
  [
    'AccountNotAllowed',
    'No AWSAccount registers the target account 333333333333|: ask a platform administrator to create one.|',
    /^If the account in the ARN is wrong, .*create an AWSAccount/,
  ],
  [
    'AccountNotAllowed',
    'AWSAccount a |does not let this namespace link from state machine| chekout: ask …',
    /^If the name in stateMachineARN is wrong/,
  ],
  [
    'AccountNotAllowed',
    'AWSAccount a does not let this namespace link from state machine m: |it has no access entry for this namespace|; ask its administrators for one.',
    /^Apply the link in a namespace that the AWSAccount allows/,
  ],
  [
    'AccountNotAllowed',
    'Execution role r |is managed by AWS and cannot be given a grant.|',
    /^Give the state machine an execution role of your own/,
  ],
  [
    'AccountNotAllowed',
    "Execution role r |is the operator's own|: give m a role of its own.",
    /of its own\.$/,
  ],
  [
    'AccountNotAllowed',
    "Role r |is the operator's own|: choose another name.",
    /^Create a link with another role name/,
  ],
  [
    'AccountNotAllowed',
    'AWSAccount a |does not let this namespace change execution role| r: ask …',
    /asSource\.executionRoles/,
  ],
  [
    'AccountNotAllowed',
    'AWSAccount a |does not let this namespace hold a role| at path /x/: …',
    /rolePathPrefix/,
  ],
  [
    'AccountNotAllowed',
    'AWSAccount a does not let r |be adopted: it is not listed in |access …',
    /adoptableRoles/,
  ],
  [
    'AccountNotAllowed',
    'AWSAccount a |does not allow "unmanaged: Preserve"| (…): use Remove.',
    /unmanaged: Remove/,
  ],
  ['AccountNotAllowed', 'AWSAccount a |does not allow managed policy| p (…).', /managedPolicyARNs/],
  [
    'AccountNotAllowed',
    'AWSAccount a puts boundary p |on every role: leave |…',
    /^Leave targetRole\.permissionsB/,
  ],
  [
    'AccountNotAllowed',
    'The permissions of r and the rules of AWSAccount a |take more than |9 steps to compare: …',
    /^Name fewer resources/,
  ],
  [
    'AccountNotAllowed',
    'AWSAccount a does not allow sqs:SendMessage on q|: ask its administrators to extend |access[].asTarget, …',
    /^Ask a platform administrator to extend/,
  ],
  ['AccountNotReady', 'AWSAccount a |is not Ready: |it has not been looked at yet', WAIT],
  ['AccountNotReady', 'The AWSAccount of the source account 1 |has not been looked at yet.|', WAIT],
  [
    'AccountNotReady',
    "AWSAccount a is not Ready: AssumeRole on r: AccessDenied (no); |let the role's trust policy name the operator, with the AWSAccount's externalID|",
    /^Let the role's trust policy name the operator/,
  ],
  [
    'RoleNotOwned',
    'Role r |belongs to the operator of cluster| c: choose …',
    /^Create a link with another role name .* cluster’s\.$/,
  ],
  [
    'RoleNotOwned',
    "Role r |carries this operator's tags, but nothing in its trust policy|…",
    /if nobody needs it/,
  ],
  [
    'RoleNotOwned',
    'Role r |was deleted and recreated by somebody else| (…): …',
    /^Delete the role, and the operator/,
  ],
  ['RoleNotOwned', 'Role r |exists and was not made by this operator: |delete it, …', /adopt the role with/],
  [
    'RoleNotOwned',
    'The name n …, and |role names are unique in an account|: …',
    /its path makes no difference/,
  ],
  [
    'Conflict',
    'An older link sends "A" |to another role and keeps it: |…',
    /^Delete the older link; this one/,
  ],
  [
    'Conflict',
    'An older link to r |sets targetRole.|description to another value: make …',
    /^Make the links agree/,
  ],
  [
    'Conflict',
    'Somebody has changed r back 3 times|: the next repair is made in |…',
    /^Find out who changes it back/,
  ],
  ['Conflict', 'GetRole on r: |it changed while it was read|; it is read again', WAIT],
  [
    'GrantTooLarge',
    'With this link the permissions of r |would have |…',
    /^Give the link a target role of its own/,
  ],
  [
    'GrantTooLarge',
    '|The permissions of |r would have 9 of the 8 characters …',
    /^Give some of the Tasks to a link/,
  ],
  ['NoTasks', 'No Task of m uses the role|: it has none that could.|', /^Add a Task/],
  ['NoTasks', 'No Task of m uses the role: "A" names no account.', /^The message names candidate Tasks/],
  ['NotEvaluated', '|A role could not be read.|', /^Look at the leg/],
  [
    'NotEvaluated',
    'Whether a calls b |is not decided by |its own policies: the condition key x.',
    /^Start an exec/,
  ],
  [
    'NotEvaluated',
    'Whether a calls b |is not decided by |its own policies: p could not be read.',
    /^Allow the operator to read/,
  ],
  [
    'NotGranted',
    'Nothing in its permissions boundary allows |that |a calls b.',
    /^Ask for a permissions boundary/,
  ],
  [
    'NotGranted',
    'Nothing in the trust policy allows |that |a assumes b.',
    /^Leave the trust policy to the operator/,
  ],
  [
    'NotGranted',
    'Nothing in its own policies allows |that |a assumes b.',
    /^Leave the grant to the operator/,
  ],
  [
    'NotGranted',
    'Nothing in its own policies allows |that |a calls s3:GetObject on b.',
    /targetRole\.permissions/,
  ],
  [
    'ExplicitlyDenied',
    'Statement Deny of p |denies that |a calls b.',
    /^Change the policy that the message names/,
  ],
  [
    'QuotaExceeded',
    'With this link r would have 11 |managed policies attached|, …',
    /^List fewer policies in permissions/,
  ],
  [
    'RequestRefused',
    'GetRole on r: |not sent: this is not the ARN of such an object|; correct it',
    /^Correct the ARN/,
  ],
  [
    'UnknownIntegration',
    'Task "A": x |is neither a service integration nor a Lambda function|.',
    /^Correct the Resource of the Task/,
  ],
  [
    'UnknownIntegration',
    'Task "A" uses x, |which this version does not know: |write …',
    /permissions\.statements/,
  ],
  [
    'ResourceElsewhere',
    'Task "A" names q, |which lies outside |Region us-east-1: …',
    /^Link a state machine of that/,
  ],
  ['ResourceElsewhere', 'Task "A" names q, |which lies outside |account 1: …', /^Split the Task/],
  [
    'Unavailable',
    'ListExecutions on m: |more executions run on old definitions |than can be read; …',
    /have ended/,
  ],
];

/** Patterns across the parts of a message that is put together: the cases above hold these. */
const ASSEMBLED = /With this link the permissions of|Nothing in (?:its|the) |outside Region/;

describe('the first thing to do', () => {
  it.each(CASES)('%s, %s', (reason, message, remedy) => {
    expect(adviceFor(reason, message.replaceAll('|', ''))?.remedy).toMatch(remedy);
  });

  it.each(CASES)('is for a message that the operator writes: %s, %s', (_reason, message) => {
    const [, verbatim = ''] = message.split('|');
    // Not `toContain`: it would print all of the sources.
    expect(ALL_SOURCES.replaceAll("\\'", "'").includes(verbatim)).toBe(true);
  });

  const patterns = Object.values(SPECIAL_CASES).flatMap((cases) => cases.map(({ when }) => when.source));
  it.each(patterns.filter((pattern) => !ASSEMBLED.test(pattern)))(
    'looks for words that the operator writes: /%s/',
    (pattern) => {
      const sources = ALL_SOURCES.replaceAll("\\'", "'");
      expect(wordsOf(pattern).filter((words) => !sources.includes(words))).toStrictEqual([]);
    },
  );

  it.each(Object.entries(REASONS))('of %s has something for any message', (reason, { remedy }) => {
    expect(adviceFor(reason, 'A sentence.')?.remedy).toBe(remedy);
  });

  it('of a reason from elsewhere is none', () => {
    expect(adviceFor('FromTheFuture', 'x')).toBeUndefined();
    expect(adviceFor('constructor', 'x')).toBeUndefined();
  });

  it('is the whole of what the table of errors says: what stands behind its last semicolon', () => {
    const whole = /^[^;]*(?:; tried again|; AWS's time is used until then)?$/;
    expect(ERROR_ROWS.map(({ advice }) => advice).filter((advice) => !whole.test(advice))).toStrictEqual([]);
  });

  const rows = ERROR_ROWS.flatMap((row) => row.codes.map((code) => [code, row] as const));
  it.each(rows)('after %s is what the table of errors says, or to wait', (code, row) => {
    const operation = row.operations?.[0] ?? 'GetRole';
    const error = Object.assign(new Error('told by AWS'), {
      name: code,
      $metadata: { httpStatusCode: 400 },
    });
    const { reason, message } = toFailure(error, { accountId: '111111111111', operation, object: 'r' });
    const remedy = adviceFor(reason, message)?.remedy ?? '';
    const [, advice = ''] = /; ([^;]*(?:; AWS's time is used until then)?)$/.exec(message) ?? [];
    const own = `${advice.charAt(0).toUpperCase()}${advice.slice(1)}.`;
    expect([own, 'Wait: the operator continues by itself.', REASONS[reason].remedy]).toContain(remedy);
    // What the table itself advises is never lost.
    if (
      /^(?:allow|attach|check|compare|correct|create|enable|exempt|give|grant|let|raise|remove|set|use) /.test(
        advice,
      )
    )
      expect(remedy).toBe(own);
  });
});

/** What a pattern asks for to the letter. */
function wordsOf(pattern: string): readonly string[] {
  const literal = pattern
    .replaceAll(/\(\?(?:[=!]|:)[^)]*\)|\\d\{[^}]*\}|\.\*|[\^$|]/g, '\n')
    .replaceAll('\\.', '.');
  return literal.split('\n').filter((words) => words.trim().length >= 8);
}
