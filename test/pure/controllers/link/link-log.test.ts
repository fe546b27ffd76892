/** One log line for each reconcile; at the default level none for a check that found everything as it was. */
import { describe, expect, it } from '@jest/globals';
import { pino } from 'pino';
import { logReconciled } from '../../../../src/controllers/link/link-log.ts';
import { ReconcileRecord } from '../../../../src/controllers/link/reconcile-record.ts';
import { ReconcilerHarness, withCheckout } from './reconciler-harness.ts';
import { present } from '../../../expectations.ts';

/** What is logged at that level of a reconcile that came to this. */
function logged(level: string, record: ReconcileRecord): readonly unknown[] {
  const lines: string[] = [];
  const log = pino({ level, base: null }, { write: (line) => void lines.push(line) });
  const harness = new ReconcilerHarness();
  harness.create('a');
  const object = present(harness.cluster.links.get('payments/a'), 'there is no link');
  logReconciled(log, { object, record, durationMs: 3.4, drift: [] });
  return lines.map((line) => JSON.parse(line));
}

function confirmed(): ReconcileRecord {
  const record = new ReconcileRecord();
  record.noteAsBefore();
  return record;
}

describe('the log of reconciles', () => {
  it.each(['debug', 'info'])('tells at level %s of one that looked at everything', (level) => {
    expect(logged(level, new ReconcileRecord())).toMatchObject([
      { level: 30, msg: 'reconciled', link: 'payments/a', writes: 0, drift: 0, durationMs: 3 },
    ]);
  });

  it('has a check that found all as it was at level debug alone', () => {
    expect(logged('info', confirmed())).toStrictEqual([]);
    expect(logged('debug', confirmed())).toMatchObject([
      { level: 20, msg: 'reconciled', link: 'payments/a', ready: 'True', reason: 'InSync' },
    ]);
  });

  it.each([
    ['is done', () => undefined, { ready: 'Unknown', reason: 'Deleting' }],
    [
      'waits for somebody',
      (the: ReconcilerHarness) => the.edit('a', { stateMachineCredentials: { managementPolicy: 'Observe' } }),
      { ready: 'False', reason: 'DeletionBlocked' },
    ],
  ])('tells of a deletion that %s', async (_how, arrange, said) => {
    const the = withCheckout();
    the.create('a');
    await the.converge();
    arrange(the);
    the.delete('a');
    the.logged.length = 0;
    await the.reconcile('a');
    expect(the.logged.map((line) => JSON.parse(line))).toMatchObject([{ msg: 'reconciled', ...said }]);
  });
});
