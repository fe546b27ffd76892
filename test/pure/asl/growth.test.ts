/** Definitions that put texts together until no memory holds them. */
import { expect, it } from '@jest/globals';
import { derivePermissions } from '../../../src/asl/derive/derive.ts';
import { machine, openDecisions, TARGET, task, tasksOf } from './machines.ts';
import type { State } from './machines.ts';
import { narrow } from '../../expectations.ts';

it('a text that doubles state by state is not followed', () => {
  const doubling = Array.from({ length: 60 }, (_, at): [string, State] => [
    `Pass${at}`,
    {
      Type: 'Pass',
      Assign: { t: at === 0 ? 'o' : '{% $t & $t %}' },
      Next: at === 59 ? 'Call' : `Pass${at + 1}`,
    },
  ]);
  const call = {
    Type: 'Task',
    Resource: 'arn:aws:states:::dynamodb:getItem',
    Arguments: { TableName: '{% $t %}' },
    End: true,
  };
  const text = machine({ ...Object.fromEntries(doubling), Call: call }, { QueryLanguage: 'JSONata' });
  const derivation = derivePermissions(tasksOf(text), TARGET);
  expect(derivation.statements).toStrictEqual([]);
  expect(openDecisions(derivation)).toStrictEqual([
    'Task "Call" needs dynamodb:GetItem, but TableName is known only at run time ({% $t %})',
  ]);
});

it('a message quotes an expression of any length by its beginning', () => {
  const call = task('arn:aws:states:::dynamodb:getItem', { 'TableName.$': `$${'.a'.repeat(50_000)}` });
  const [open] = derivePermissions(tasksOf(machine({ Call: call })), TARGET).diagnostics;
  narrow(open, open);
  expect(open.message.length).toBeLessThan(600);
});
