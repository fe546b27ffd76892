/** Long polling of the SQS queues in which events arrive: each queue once, however many accounts it serves. */
import { DeleteMessageCommand, ReceiveMessageCommand, type Message } from '@aws-sdk/client-sqs';
import type { AccountCalls } from '../calls/calls.ts';
import type { Clock } from '../../base/clock.ts';
import { AwsFailure } from '../errors/errors.ts';
import { readEvent, type ChangeEvent, type ExecutionEvent } from './events.ts';

export interface QueueListener {
  /** Called for a change that matters and is not the operator's own. It must be quick: it only notes work to do. */
  readonly onChange: (event: ChangeEvent) => void;
  /** Called when an execution ended. It must be quick, too. */
  readonly onExecution: (event: ExecutionEvent) => void;
  /** Called for a message that is not an event, or for which a listener failed; it is deleted. */
  readonly onJunk: (queueUrl: string, messageId: string, problem: string) => void;
  /** The queue could be read. */
  readonly onRead: (queueUrl: string) => void;
  /** The queue cannot be read at present; it is tried again. */
  readonly onProblem: (queueUrl: string, failure: AwsFailure) => void;
  /** Whether a call was the operator's own. */
  readonly isOwn: (event: ChangeEvent) => boolean;
  /** Only the leader polls. */
  readonly isLeader: () => boolean;
}

/** The longest that SQS allows. */
const WAIT_SECONDS = 20;
const BATCH = 10;
const NOT_LEADER_PAUSE_MS = 1_000;
const FIRST_BACKOFF_MS = 1_000;
const LONGEST_BACKOFF_MS = 60_000;

/** Polls the queues that were last given to `setQueues`. */
export class EventQueues {
  readonly #listener: QueueListener;
  readonly #clock: Clock;
  readonly #polling = new Map<string, { calls: AccountCalls; stop: AbortController; ended: Promise<void> }>();

  constructor(listener: QueueListener, clock: Clock) {
    this.#listener = listener;
    this.#clock = clock;
  }

  /** @param queues URL → the account whose session may read it. Queues that are no longer named are left alone. */
  setQueues(queues: ReadonlyMap<string, AccountCalls>): void {
    for (const [url, { calls, stop }] of this.#polling) {
      if (queues.get(url) === calls) continue;
      stop.abort();
      this.#polling.delete(url);
    }
    for (const [url, calls] of queues) {
      if (this.#polling.has(url)) continue;
      const stop = new AbortController();
      const ended = new QueuePoll(url, calls, this.#listener, this.#clock).run(stop.signal);
      this.#polling.set(url, { calls, stop, ended });
    }
  }

  /** Ends all polling. Messages that were received and not deleted come again, to the next leader. */
  async close(): Promise<void> {
    const ended = [...this.#polling.values()].map((poll) => poll.ended);
    this.setQueues(new Map());
    await Promise.all(ended);
  }
}

/** The polling of one queue. */
class QueuePoll {
  readonly #url: string;
  readonly #calls: AccountCalls;
  readonly #listener: QueueListener;
  readonly #clock: Clock;

  constructor(url: string, calls: AccountCalls, listener: QueueListener, clock: Clock) {
    this.#url = url;
    this.#calls = calls;
    this.#listener = listener;
    this.#clock = clock;
  }

  /** Polls until the signal. */
  async run(signal: AbortSignal): Promise<void> {
    let backoffMs = FIRST_BACKOFF_MS;
    while (!signal.aborted) {
      if (!this.#listener.isLeader()) {
        await pause(this.#clock, NOT_LEADER_PAUSE_MS, signal);
        continue;
      }
      try {
        await this.#pollOnce(signal);
        backoffMs = FIRST_BACKOFF_MS;
      } catch (error) {
        if (signal.aborted) return;
        if (!(error instanceof AwsFailure)) throw error;
        this.#listener.onProblem(this.#url, error);
        await pause(this.#clock, backoffMs, signal);
        backoffMs = Math.min(backoffMs * 2, LONGEST_BACKOFF_MS);
      }
    }
  }

  async #pollOnce(signal: AbortSignal): Promise<void> {
    const messages = await this.#receive(signal);
    this.#listener.onRead(this.#url);
    for (const message of messages) this.#deliver(message);
    await this.#remove(messages);
  }

  /** Never throws: a message that cannot be handled must not come again for ever. */
  #deliver({ Body = '', MessageId = '' }: Message): void {
    const listener = this.#listener;
    const reading = readEvent(Body);
    try {
      if (reading.kind === 'junk') listener.onJunk(this.#url, MessageId, reading.problem);
      else if (reading.kind === 'execution') listener.onExecution(reading.event);
      else if (reading.kind === 'change' && !listener.isOwn(reading.event)) listener.onChange(reading.event);
    } catch (error) {
      listener.onJunk(this.#url, MessageId, error instanceof Error ? error.message : 'it could not be taken');
    }
  }

  async #receive(abortSignal: AbortSignal): Promise<Message[]> {
    const command = new ReceiveMessageCommand({
      QueueUrl: this.#url,
      MaxNumberOfMessages: BATCH,
      WaitTimeSeconds: WAIT_SECONDS,
    });
    const answer = await this.#calls.sqs('ReceiveMessage', this.#url, (sqs, options) =>
      sqs.send(command, { ...options, abortSignal }),
    );
    return answer.Messages ?? [];
  }

  /** Deletes what was received, junk included, so that it blocks nothing. What could not be deleted comes again, which is
   *  harmless. One by one: AWS checks `sqs:DeleteMessage` for a batch, too, but not every emulator of AWS does. */
  async #remove(messages: readonly Message[]): Promise<void> {
    await Promise.all(
      messages.map(({ ReceiptHandle }) => {
        const command = new DeleteMessageCommand({ QueueUrl: this.#url, ReceiptHandle });
        return this.#calls.sqs('DeleteMessage', this.#url, (sqs, options) => sqs.send(command, options));
      }),
    );
  }
}

async function pause(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
  await new Promise<void>((resolve) => {
    const cancel = clock.after(ms, () => {
      signal.removeEventListener('abort', wake);
      resolve();
    });
    const wake = (): void => {
      cancel();
      resolve();
    };
    if (signal.aborted) wake();
    else signal.addEventListener('abort', wake, { once: true });
  });
}
