import { describe, expect, it } from '@jest/globals';
import { NOT_LOOKED_AT } from '../../../src/api/conditions.ts';
import { linkRow } from '../../../src/console/model/link-row.ts';
import { event, link, type LinkParts } from './fixtures.ts';

const ready = (status: string, reason = 'InSync') => [{ type: 'Ready', status, reason }];
const DELETING = { deletionTimestamp: '2026-01-02T00:00:00Z' };
const stalled = [...ready('False', 'AccountNotAllowed'), { type: 'Stalled', status: 'True' }];

describe('the colour of a link', () => {
  const tones: readonly (readonly [string, LinkParts, string])[] = [
    ['is ready when Ready is True of the latest spec', { conditions: ready('True') }, 'ready'],
    ['is trouble when Ready is False', { conditions: ready('False', 'Conflict') }, 'trouble'],
    ['is working when Ready is Unknown', { conditions: ready('Unknown', 'Propagating') }, 'working'],
    ['is working before the operator has looked', { status: { observedGeneration: -1 } }, 'working'],
    [
      'is working while the latest spec was not looked at, whatever Ready says of the one before',
      { metadata: { generation: 2 }, conditions: ready('True') },
      'working',
    ],
    ['is paused when suspended, even in trouble', { spec: { suspend: true }, conditions: stalled }, 'paused'],
    [
      'is working while it is being deleted',
      { metadata: { deletionTimestamp: '2026-01-02T00:00:00Z' }, conditions: ready('True') },
      'working',
    ],
    [
      'is trouble when its deletion is stuck',
      { metadata: { deletionTimestamp: '2026-01-02T00:00:00Z' }, conditions: stalled },
      'trouble',
    ],
    [
      'is trouble when it cannot be deleted because it is suspended',
      { metadata: DELETING, spec: { suspend: true }, conditions: stalled },
      'trouble',
    ],
  ];
  it.each(tones)('%s', (_, parts, tone) => {
    expect(linkRow(link(parts), []).tone).toBe(tone);
  });
});

describe('the row of a link', () => {
  it('takes machine and role apart', () => {
    expect(linkRow(link(), [])).toMatchObject({
      key: 'payments/checkout',
      machine: { account: '111111111111', region: 'us-east-1', name: 'checkout' },
      role: { account: '222222222222', path: '/crossaccountlink/payments/', name: 'checkout' },
    });
  });

  it('gives a role without a path the path /', () => {
    const spec = { targetRole: { arn: 'arn:aws:iam::222222222222:role/plain' } };
    expect(linkRow(link({ spec }), []).role).toStrictEqual({
      account: '222222222222',
      path: '/',
      name: 'plain',
    });
  });

  it('says Waiting for the reason that is of an older spec', () => {
    const old = link({ metadata: { generation: 2 }, conditions: ready('True') });
    expect(linkRow(old, []).reason).toBe('Waiting');
  });

  it('says of an older spec neither what was wrong with it, nor that a person is needed', () => {
    const old = link({ metadata: { generation: 2 }, conditions: stalled });
    expect(linkRow(old, [])).toMatchObject({ message: NOT_LOOKED_AT, stalled: false });
  });

  it('needs nobody while it is suspended', () => {
    const row = linkRow(link({ spec: { suspend: true }, conditions: stalled }), []);
    expect([row.tone, row.reason, row.stalled]).toStrictEqual(['paused', 'AccountNotAllowed', false]);
  });

  it('cuts a message to whole characters', () => {
    const conditions = [{ type: 'Ready', status: 'False', message: `${'x'.repeat(298)}😀 and more` }];
    const { message } = linkRow(link({ conditions }), []);
    expect([message.length, message.isWellFormed()]).toStrictEqual([300, true]);
  });

  it('cuts a message that a tenant made long', () => {
    const long = link({ conditions: [{ type: 'Ready', status: 'False', message: 'x'.repeat(30_000) }] });
    expect(linkRow(long, []).message).toHaveLength(300);
  });

  it('has another version when only an Event changed', () => {
    const before = linkRow(link(), [event()]).version;
    expect(linkRow(link(), [event({}, { resourceVersion: '10' })]).version).not.toBe(before);
  });

  it('knows drift from status and Events, each once', () => {
    const status = {
      drift: {
        total: 3,
        recent: [
          { time: '2026-01-01T12:00:01Z', object: 'o', field: 'f', repaired: true },
          { time: '2026-01-01T11:00:00Z', object: 'o', field: 'f', repaired: true },
        ],
      },
    };
    const times = linkRow(link({ status }), [event(), event({ reason: 'Other' })]).driftTimes;
    expect(times.map((time) => new Date(time).toISOString().slice(11, 16))).toStrictEqual([
      '10:00',
      '11:00',
      '12:00',
    ]);
  });

  it('counts every drift of one check, as the total does', () => {
    const record = { time: '2026-01-01T12:00:00Z', object: 'o', field: 'f', repaired: true };
    const status = { drift: { total: 3, recent: [record, record, record] } };
    expect(linkRow(link({ status }), [event()]).driftTimes).toHaveLength(3);
  });

  it('never knows of more drifts than the status has counted: an Event may be told again', () => {
    const record = { time: '2026-01-01T12:00:00Z', object: 'o', field: 'f', repaired: true };
    const status = { drift: { total: 2, recent: [record] } };
    const again = event({ firstTimestamp: '2026-01-01T08:00:00Z', lastTimestamp: '2026-01-01T09:00:00Z' });
    const times = linkRow(link({ status }), [again]).driftTimes;
    expect(times.map((time) => new Date(time).toISOString().slice(11, 16))).toStrictEqual(['09:00', '12:00']);
  });

  it('takes an Event full of nonsense for text', () => {
    const nonsense = event({
      type: 4,
      reason: [],
      message: {},
      count: 'many',
      firstTimestamp: 'never',
      lastTimestamp: 0,
    });
    expect(nonsense).toMatchObject({
      type: 'Normal',
      reason: '',
      message: '',
      count: 1,
      firstMs: 0,
      lastMs: 0,
    });
    expect(linkRow(link(), [nonsense]).driftTimes).toStrictEqual([]);
  });
});
