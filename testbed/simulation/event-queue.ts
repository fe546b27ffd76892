/** Queues that EventBridge fills with what CloudTrail saw: late, out of order, twice or not at all, and others write there, too. */
import type { AwsChange, AwsModel } from './aws-model.ts';
import { EPOCH } from './life.ts';
import type { Random } from '../random.ts';
import type { Scheduler } from './scheduler.ts';

interface Waiting {
  readonly MessageId: string;
  readonly ReceiptHandle: string;
  readonly Body: string;
  visibleAtMs: number;
}

/** EventBridge delivers at least once, mostly within seconds; CloudTrail may take minutes. */
const MOSTLY_WITHIN_MS = 15_000;
const AT_LATEST_MS = 300_000;
/** SQS shows a message again if it was not deleted by then. */
const HIDDEN_MS = 30_000;
const BATCH = 10;

export class EventQueue {
  readonly #scheduler: Scheduler;
  readonly #random: Random;
  /** By account. */
  readonly #waiting = new Map<string, Waiting[]>();
  #sent = 0;

  constructor(aws: AwsModel, scheduler: Scheduler, random: Random) {
    this.#scheduler = scheduler;
    this.#random = random;
    aws.onChange((change) => this.#saw(change));
  }

  /** What a call of ReceiveMessage gets. */
  receive(accountId: string): readonly Pick<Waiting, 'MessageId' | 'ReceiptHandle' | 'Body'>[] {
    const { nowMs } = this.#scheduler;
    const all = this.#waiting.get(accountId) ?? [];
    const received = all.filter(({ visibleAtMs }) => visibleAtMs <= nowMs).slice(0, BATCH);
    for (const one of received) one.visibleAtMs = nowMs + HIDDEN_MS;
    return received;
  }

  remove(accountId: string, handle: string): void {
    const kept = this.#waiting.get(accountId)?.filter(({ ReceiptHandle }) => ReceiptHandle !== handle);
    this.#waiting.set(accountId, kept ?? []);
  }

  #saw(change: AwsChange): void {
    const random = this.#random;
    if (random.chance(0.1)) return;
    const times = random.chance(0.15) ? 2 : 1;
    for (let time = 0; time < times; time += 1) this.#send(change.object, bodyOf(change, this.#now()));
    // Whoever may write to the queue says what he likes.
    if (random.chance(0.1))
      this.#send(change.object, random.chance(0.5) ? '{}' : forged(change, this.#now()));
  }

  #send(arn: string, Body: string): void {
    const random = this.#random;
    const accountId = accountOf(arn);
    const lateMs = random.between(200, random.chance(0.8) ? MOSTLY_WITHIN_MS : AT_LATEST_MS);
    this.#sent += 1;
    const id = `message-${this.#sent}`;
    const waiting = this.#waiting.get(accountId) ?? [];
    this.#waiting.set(accountId, waiting);
    waiting.push({
      MessageId: id,
      ReceiptHandle: id,
      Body,
      visibleAtMs: this.#scheduler.nowMs + lateMs,
    });
  }

  #now(): string {
    return new Date(EPOCH + this.#scheduler.nowMs).toISOString();
  }
}

/** Who calls, as CloudTrail writes it. */
const WHO = {
  operator: (accountId: string) =>
    `arn:aws:sts::${accountId}:assumed-role/crossaccountlink-operator/crossaccountlink`,
  neighbour: (accountId: string) => `arn:aws:sts::${accountId}:assumed-role/neighbour/neighbour`,
  others: (accountId: string) => `arn:aws:iam::${accountId}:user/somebody`,
};

/** https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-service-event-cloudtrail.html */
function bodyOf({ actor, operation, object, machine }: AwsChange, eventTime: string): string {
  const account = accountOf(object);
  const isMachine = machine !== undefined;
  return JSON.stringify({
    'detail-type': 'AWS API Call via CloudTrail',
    account,
    detail: {
      eventSource: isMachine ? 'states.amazonaws.com' : 'iam.amazonaws.com',
      eventName: operation,
      eventTime,
      requestParameters: isMachine ? { stateMachineArn: object } : { roleName: object.split('/').at(-1) },
      userIdentity: { arn: WHO[actor](account) },
    },
  });
}

/** A call that nobody made, in the operator's own name. */
function forged(change: AwsChange, eventTime: string): string {
  const operation = change.machine === undefined ? 'DeleteRole' : 'DeleteStateMachine';
  return bodyOf({ ...change, actor: 'operator', operation }, eventTime);
}

function accountOf(arn: string): string {
  return arn.split(':')[4] ?? '';
}
