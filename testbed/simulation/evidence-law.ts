/** Nothing is written to AWS unless some link is known to want it, and nothing for a leg that is only observed. */
import { FINALIZER } from '../../src/api/metadata.ts';
import type { LinkObject } from '../../src/controllers/state/link-object.ts';
import type { AwsChange, ModelRole } from './aws-model.ts';
import type { LawsParts } from './laws.ts';
import { IN_FLIGHT_MS, type LinkTimes } from './link-times.ts';
import { TARGET } from './scenery.ts';

/** For so long the operator trusts what the API server said of a link. */
const CONFIRMED_FOR_MS = 10_000;
const LAW = 'no write without its evidence';
const TARGET_ROLE = new RegExp(`arn:aws:iam::${TARGET}:role/[^"]+`, 'g');

export class EvidenceLaw {
  readonly #parts: LawsParts;
  readonly #times: LinkTimes;
  /** Every target role that a link ever named. */
  readonly #named: ReadonlySet<string>;
  /** Links that are gone before everything that was made for them. */
  readonly #gone: LinkObject[] = [];
  /** By key of a link: when somebody last took its finalizer off. */
  readonly #freedAtMs = new Map<string, number>();
  /** By ARN of a role: until when some link wanted it. */
  readonly #wantedUntilMs = new Map<string, number>();

  constructor(parts: LawsParts, times: LinkTimes, named: ReadonlySet<string>) {
    this.#parts = parts;
    this.#times = times;
    this.#named = named;
  }

  /** To be called for a role that some link wanted until this time. */
  wantedUntil(targetRole: string, atMs: number): void {
    this.#wantedUntilMs.set(targetRole, atMs);
  }

  /** To be called for a link that is gone. If the API server removed it although it had the finalizer, what was made for it is
   *  still to be taken down. If somebody took the finalizer off while it was taken down, what is under way goes on. */
  gone(object: LinkObject): void {
    const { metadata } = object;
    if (this.#isFreed(object)) this.#gone.push({ ...object, metadata: { ...metadata, finalizers: [] } });
    else if (metadata.finalizers.includes(FINALIZER) && metadata.deletionTimestamp === undefined)
      this.#gone.push(object);
  }

  /** To be called when somebody takes the finalizer off a link. It is put back once the watch has told that. What is under way
   *  goes on meanwhile. */
  freed(key: string): void {
    this.#freedAtMs.set(key, this.#parts.scheduler.nowMs);
  }

  /** Checks that somebody wants what is written: a link that exists and has the finalizer, or one that is being deleted. */
  judge({ operation, object, machine, role }: AwsChange): void {
    const living = this.#parts.truth.links();
    const links = [...living, ...this.#gone];
    const given = rolesIn(machine?.[1]?.definition ?? inlineOf(role?.[1]));
    const news = given.difference(rolesIn(machine?.[0]?.definition ?? inlineOf(role?.[0])));
    for (const target of news.intersection(this.#named))
      if (!links.some((one) => one.link.targetRole.text === target && this.#isHeld(one)))
        this.#violated(LAW, `${operation} on ${object} names ${target}, whose links have no finalizer`);
    this.#judgeObserved(operation, object, machine !== undefined);
    if (machine !== undefined || !this.#named.has(object)) {
      if (!links.some((one) => this.#isHeld(one)))
        this.#violated(LAW, `${operation} on ${object}, while no link has the finalizer`);
      return;
    }
    const naming = links.filter(({ link }) => link.targetRole.text === object);
    if (!naming.some((one) => this.#isHeld(one)))
      this.#violated(LAW, `${operation} on ${object}, while no link that names it has the finalizer`);
    if (operation !== 'CreateRole' || naming.some((one) => !one.link.deleting && living.includes(one)))
      return;
    const sinceMs = this.#parts.scheduler.nowMs - (this.#wantedUntilMs.get(object) ?? 0);
    if (sinceMs > IN_FLIGHT_MS)
      this.#violated(LAW, `${operation} on ${object}, which only leaving links name`);
  }

  #isHeld(one: LinkObject): boolean {
    return one.metadata.finalizers.includes(FINALIZER) || this.#isFreed(one);
  }

  #isFreed({ link }: LinkObject): boolean {
    const freedAtMs = this.#freedAtMs.get(link.key) ?? Number.NEGATIVE_INFINITY;
    return this.#parts.scheduler.nowMs - freedAtMs < CONFIRMED_FOR_MS;
  }

  /** The operator does not write a leg for links that only observe it. */
  #judgeObserved(operation: string, object: string, isMachine: boolean): void {
    const ofRole = this.#named.has(object) ? 'targetRole' : 'executionRoleGrant';
    const leg = isMachine ? 'stateMachineCredentials' : ofRole;
    const concerned = this.#parts.truth
      .links()
      .filter(
        ({ link }) =>
          leg === 'executionRoleGrant' ||
          (isMachine ? link.stateMachine.text : link.targetRole.text) === object,
      );
    const observe = concerned.every(
      ({ link }) => link.legs[leg] === 'Observe' && !this.#times.isRecent(this.#times.of(link.uid).touchedMs),
    );
    if (concerned.length > 0 && observe)
      this.#violated('what is only observed is not written', `${operation} on ${object}`);
  }

  #violated(law: string, message: string): void {
    this.#parts.onViolation({ law, atMs: this.#parts.scheduler.nowMs, message });
  }
}

/** The target roles that a text names. */
function rolesIn(text: string): ReadonlySet<string> {
  return new Set([...text.matchAll(TARGET_ROLE)].map(([arn]) => arn));
}

function inlineOf(role: ModelRole | undefined): string {
  return [...(role?.inline.values() ?? [])].join('\n');
}
