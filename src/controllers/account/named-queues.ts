/** Which account names which event queue, and which queues cannot be read. One queue may serve many accounts. */
import type { AwsFailure } from '../../aws/errors/errors.ts';

export class NamedQueues {
  readonly #urls = new Map<string, string>();
  /** By URL, why the queue cannot be read. */
  readonly #problems = new Map<string, string>();
  readonly #onChange: (accountId: string) => void;

  /** @param onChange called when the queue of an account can be read again, or no longer */
  constructor(onChange: (accountId: string) => void) {
    this.#onChange = onChange;
  }

  /** Account ID → URL of the queue that it names. */
  get urls(): ReadonlyMap<string, string> {
    return this.#urls;
  }

  /** Notes which queue an account names. Returns whether it is another one than before.
   *  @param url undefined if the account names none any more */
  name(accountId: string, url: string | undefined): boolean {
    if (this.#urls.get(accountId) === url) return false;
    if (url === undefined) this.#urls.delete(accountId);
    else this.#urls.set(accountId, url);
    const named = new Set(this.#urls.values());
    for (const queue of this.#problems.keys()) if (!named.has(queue)) this.#problems.delete(queue);
    return true;
  }

  /** Why the account's queue cannot be read, if a person has to repair that; undefined while no problem is known. */
  problemOf(accountId: string): string | undefined {
    const url = this.#urls.get(accountId);
    return url === undefined ? undefined : this.#problems.get(url);
  }

  /** Notes that a queue could be read: an earlier problem is over. */
  couldRead(url: string): void {
    this.#note(url, undefined);
  }

  /** Notes that a queue could not be read. A failure that may pass by itself changes nothing. */
  couldNotRead(url: string, { kind, message }: AwsFailure): void {
    if (kind === 'terminal' || kind === 'notFound') this.#note(url, message);
  }

  #note(url: string, problem: string | undefined): void {
    if (this.#problems.get(url) === problem) return;
    if (problem === undefined) this.#problems.delete(url);
    else this.#problems.set(url, problem);
    for (const [accountId, named] of this.#urls) if (named === url) this.#onChange(accountId);
  }
}
