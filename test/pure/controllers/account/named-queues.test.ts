import { beforeEach, expect, it } from '@jest/globals';
import { NamedQueues } from '../../../../src/controllers/account/named-queues.ts';
import { awsFailure } from '../model-account.ts';

let notified: string[];
let queues: NamedQueues;

beforeEach(() => {
  notified = [];
  queues = new NamedQueues((account) => void notified.push(account));
  for (const account of ['a', 'b']) queues.name(account, 'shared');
  queues.name('c', 'own');
});

it('a queue that cannot be read is reported once, on every account that names it, and when it can be read again', () => {
  for (let round = 0; round < 3; round += 1) queues.couldNotRead('shared', awsFailure('terminal'));
  expect(notified).toStrictEqual(['a', 'b']);
  expect([queues.problemOf('a'), queues.problemOf('c')]).toStrictEqual([
    awsFailure('terminal').message,
    undefined,
  ]);
  for (let round = 0; round < 3; round += 1) queues.couldRead('shared');
  expect(notified).toStrictEqual(['a', 'b', 'a', 'b']);
  expect(queues.problemOf('a')).toBeUndefined();
});

it('what may pass by itself changes nothing', () => {
  for (const kind of ['retryable', 'throttled', 'laneBusy', 'fenced'] as const)
    queues.couldNotRead('own', awsFailure(kind));
  expect(notified).toStrictEqual([]);
  queues.couldNotRead('own', awsFailure('notFound'));
  queues.couldNotRead('own', awsFailure('retryable'));
  expect(queues.problemOf('c')).toBe(awsFailure('notFound').message);
});

it('an account that names another queue, or none, has no problem with the former one', () => {
  queues.couldNotRead('own', awsFailure('terminal'));
  expect(queues.name('c', 'own')).toBe(false);
  expect(queues.name('c', 'other')).toBe(true);
  expect(queues.problemOf('c')).toBeUndefined();
  expect(queues.name('c', undefined)).toBe(true);
  expect(queues.problemOf('c')).toBeUndefined();
});
