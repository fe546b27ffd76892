/** The CloudFormation of deploy/aws: sound, and of one mind with the operator about what matters. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { before, describe, it } from 'node:test';
import { parse } from 'yaml';
import { POLICY_EVENTS, ROLE_EVENTS, STATES_EVENTS } from '../../../src/aws/events.ts';
import { cleanEnvironment } from '../../../testbed/environment.ts';
import { run } from '../../../testbed/process.ts';
import { ensureCfnLint } from '../../../testbed/tools/python-tools.ts';

const FOLDER = fileURLToPath(new URL('../../../deploy/aws/', import.meta.url));
/** What bin/cfn-lint does; scripts of a virtual environment that was moved do not run. */
const CFN_LINT = 'from cfnlint.runner import main; main()';
const TEMPLATES = ['central.yaml', 'account.yaml'];

/** `!Ref X` and `!GetAtt X.Arn` read as `X` and `X.Arn`. */
function properties(template: string, resource: string) {
  const text = readFileSync(`${FOLDER}${template}`, 'utf8');
  return Object(parse(text, { logLevel: 'silent' })).Resources[resource].Properties;
}

function eventNames(rule: string): ReadonlySet<unknown> {
  return new Set(properties('account.yaml', rule).EventPattern.detail.eventName);
}

describe('the templates for change events', () => {
  let python: string;

  before(async () => {
    python = await ensureCfnLint();
  });

  for (const template of TEMPLATES) {
    it(`${template} is sound CloudFormation`, async () => {
      const outcome = await run(python, ['-c', CFN_LINT, `${FOLDER}${template}`], {
        env: cleanEnvironment(),
      });
      assert.equal(outcome.exitCode, 0, outcome.stdout + outcome.stderr);
    });
  }

  it('send exactly the events that the operator understands', () => {
    assert.deepEqual(eventNames('RolesAndPolicies'), new Set([...ROLE_EVENTS, ...POLICY_EVENTS]));
    assert.deepEqual(eventNames('StateMachines'), new Set(STATES_EVENTS));
  });

  it('let only the rule write into the queue, which is encrypted', () => {
    const [statement, ...others] = properties('central.yaml', 'QueuePolicy').PolicyDocument.Statement;
    assert.deepEqual(others, []);
    assert.deepEqual(statement.Principal, { Service: 'events.amazonaws.com' });
    assert.deepEqual(statement.Condition, { ArnEquals: { 'aws:SourceArn': 'ToQueue.Arn' } });
    assert.equal(properties('central.yaml', 'Queue').SqsManagedSseEnabled, true);
  });

  it('take events from the named accounts, and none that AWS did not send', () => {
    const { EventPattern: pattern } = properties('central.yaml', 'ToQueue');
    assert.equal(pattern.account, 'SendingAccounts');
    assert.deepEqual(pattern.source, ['aws.iam', 'aws.states']);
    assert.equal(properties('central.yaml', 'BusPolicy').Statement.Principal.AWS, 'SendingAccounts');
  });
});
