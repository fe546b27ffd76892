/** The fleet as rows, and its changes, collected for a moment so that many are sent at once. */
import type { AWSAccount } from '../../api/awsaccount.ts';
import type { CrossAccountLink } from '../../api/crossaccountlink.ts';
import { sleep, type Cancel, type Clock } from '../../base/clock.ts';
import { keyOf } from '../../kubernetes/metadata.ts';
import type { Change } from '../../kubernetes/store.ts';
import { accountRow } from '../model/account-row.ts';
import type { LinkDetail, LinkRow, StreamMessage } from '../model/contract.ts';
import { linkDetail } from '../model/link-detail.ts';
import type { LinkEvent } from '../model/link-event.ts';
import { linkRow } from '../model/link-row.ts';
import type { Sources } from './sources.ts';

const GATHER_MS = 100;
/** How often sources are asked for their state; soon at first, for a cluster without links. */
const PULSE_MS = 2000;
const FIRST_PULSE_MS = 200;

type Send = (message: StreamMessage) => void;

export class LiveFleet {
  readonly #sources: Sources;
  readonly #clock: Clock;
  readonly #send: Send;
  readonly #dirtyLinks = new Set<string>();
  readonly #dirtyAccounts = new Set<string>();
  #gathering: Cancel | undefined;
  /** What was last sent about the sources, as JSON. */
  #sentStates = '';

  /** @param send called with every change; a listener needs a {@link LiveFleet.snapshot} first */
  constructor(sources: Sources, clock: Clock, send: Send) {
    this.#sources = sources;
    this.#clock = clock;
    this.#send = send;
    sources.links.reflector.onChange((change) => this.#linkChanged(keyOfChange(change)));
    sources.accounts?.reflector.onChange((change) => this.#accountChanged(keyOfChange(change)));
    sources.events?.reflector.onChange((change) => this.#linkChanged(linkOfEvent(change)));
  }

  /** Watches until the signal; resolves when all watches have ended. */
  async run(signal: AbortSignal): Promise<void> {
    const { links, accounts, events } = this.#sources;
    const pulse = this.#pulse(signal);
    await Promise.all([links, accounts, events].map((watch) => watch?.reflector.run(signal)));
    await pulse;
    this.#gathering?.();
  }

  /** The whole fleet, for a new listener. */
  snapshot(): StreamMessage {
    const { links, accounts } = this.#sources;
    return {
      kind: 'snapshot',
      links: [...links.reflector.cache.values()].map((link) => this.#row(link)),
      accounts: [...(accounts?.reflector.cache.values() ?? [])].map(accountRow),
      sources: this.#sources.states(),
      unreadable: this.#unreadable(),
    };
  }

  /** Everything about one link; undefined if it does not exist, or the caller may not see it. */
  detail(namespace: string, name: string): LinkDetail | undefined {
    const link = this.link(namespace, name);
    return link === undefined ? undefined : linkDetail(link, this.#eventsOf(link));
  }

  link(namespace: string, name: string): CrossAccountLink | undefined {
    return this.#sources.links.reflector.cache.get(keyOf({ namespace, name }));
  }

  accounts(): readonly AWSAccount[] {
    return [...(this.#sources.accounts?.reflector.cache.values() ?? [])];
  }

  #row(link: CrossAccountLink): LinkRow {
    return linkRow(link, this.#eventsOf(link));
  }

  #eventsOf({ metadata }: CrossAccountLink): readonly LinkEvent[] {
    const events = this.#sources.events?.reflector.cache.byIndex('link', keyOf(metadata)) ?? [];
    return events.filter(({ linkUid }) => linkUid === metadata.uid);
  }

  #unreadable(): readonly string[] {
    const { links, accounts } = this.#sources;
    return [...links.reflector.refused.keys(), ...(accounts?.reflector.refused.keys() ?? [])];
  }

  #linkChanged(key: string): void {
    this.#dirtyLinks.add(key);
    this.#gather();
  }

  #accountChanged(key: string): void {
    this.#dirtyAccounts.add(key);
    this.#gather();
  }

  #gather(): void {
    this.#gathering ??= this.#clock.after(GATHER_MS, () => {
      this.#gathering = undefined;
      this.#sendChanges();
    });
  }

  #sendChanges(): void {
    const links = this.#sources.links.reflector.cache;
    const accounts = this.#sources.accounts?.reflector.cache;
    const dirtyLinks = [...this.#dirtyLinks];
    const dirtyAccounts = [...this.#dirtyAccounts];
    this.#dirtyLinks.clear();
    this.#dirtyAccounts.clear();
    this.#send({
      kind: 'change',
      links: dirtyLinks.flatMap((key) => links.get(key) ?? []).map((link) => this.#row(link)),
      goneLinks: dirtyLinks.filter((key) => links.get(key) === undefined),
      accounts: dirtyAccounts.flatMap((key) => accounts?.get(key) ?? []).map(accountRow),
      goneAccounts: dirtyAccounts.filter((key) => accounts?.get(key) === undefined),
    });
  }

  async #pulse(signal: AbortSignal): Promise<void> {
    const { links, accounts, events, operator } = this.#sources;
    for (let waitMs = FIRST_PULSE_MS; !signal.aborted; waitMs = PULSE_MS) {
      await sleep(this.#clock, waitMs, signal);
      await Promise.all([links, accounts, events, operator].map((watch) => watch?.recheck()));
      this.#sendStates();
    }
  }

  #sendStates(): void {
    const sources = this.#sources.states();
    const unreadable = this.#unreadable();
    const states = JSON.stringify([sources, unreadable]);
    if (states === this.#sentStates) return;
    this.#sentStates = states;
    this.#send({
      kind: 'change',
      links: [],
      goneLinks: [],
      accounts: [],
      goneAccounts: [],
      sources,
      unreadable,
    });
  }
}

function keyOfChange<T extends CrossAccountLink | AWSAccount>(change: Change<T>): string {
  return keyOf((change.kind === 'deleted' ? change.old : change.object).metadata);
}

function linkOfEvent(change: Change<LinkEvent>): string {
  return (change.kind === 'deleted' ? change.old : change.object).link;
}
