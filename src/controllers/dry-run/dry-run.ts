/** What the operator would do for links: the operator's own code, on accounts that only note the writes. */
import { findCondition } from '../../api/conditions.ts';
import { accountRules } from '../../access/rules.ts';
import { operatorRolesOf } from '../../access/untouchable.ts';
import type { AWSAccount } from '../../api/awsaccount.ts';
import { ANNOTATIONS, isReleased } from '../../api/metadata.ts';
import { compareText } from '../../base/compare-text.ts';
import { resourceLocation } from '../../asl/derive/select.ts';
import type { AwsAccount } from '../../aws/aws-account.ts';
import { AwsFailure } from '../../aws/errors/errors.ts';
import type { CallOptions } from '../../aws/pace/lanes.ts';
import type { Clock } from '../../base/clock.ts';
import type { KubernetesObject } from '../../kubernetes/metadata.ts';
import { Store } from '../../kubernetes/store.ts';
import type { Action } from '../../plan/action.ts';
import { keepersSentence } from '../../report/released.ts';
import { keptSentence } from '../../report/warnings.ts';
import { AccountRegistry } from '../state/account-registry.ts';
import type { FinalizeRecord } from '../link/finalize.ts';
import { ReconcileRecord } from '../link/reconcile-record.ts';
import { isGone, LINK_INDEXES, type LinkObject } from '../state/link-object.ts';
import { DryRunAccount } from './dry-run-account.ts';
import type { ResolvedLink } from '../state/resolved-link.ts';
import { assembleLinks, type LinkAssembly } from '../link/assembly.ts';

interface DryRunParts {
  readonly clusterId: string;
  readonly links: readonly LinkObject[];
  readonly accounts: readonly AWSAccount[];
  readonly namespaces: readonly KubernetesObject[];
  readonly connect: (account: AWSAccount) => AwsAccount;
  readonly clock: Clock;
}

export interface PlannedLink {
  readonly link: LinkObject;
  readonly actions: readonly Action[];
  /** What keeps the link from being as wanted, besides the actions: a refusal, a conflict, a missing state machine. */
  readonly obstacles: readonly string[];
  /** What a person should know although nothing waits for it now. */
  readonly remarks: readonly string[];
}

/** A person waits for the answer, but not for ever. */
export const DRY_RUN_CALLS: CallOptions = { urgency: 'look', tenant: '', maxWaitMs: 30_000 };
/** Rounds of planning for one link. Only once some Tasks of the definition stopped using the role may their permissions go, for
 *  which the operator, too, needs several reconciles. */
const MOST_ROUNDS = 5;

/** Plans links one after the other; each sees what was planned before it. */
export class DryRun {
  readonly #parts: LinkAssembly;
  readonly #accounts = new AccountRegistry();
  readonly #written: Action[] = [];

  constructor(parts: DryRunParts) {
    const { clock, links, clusterId } = parts;
    const now = () => clock.monotonicMs();
    const store = new Store<LinkObject>();
    for (const [name, keysOf] of Object.entries(LINK_INDEXES)) store.addIndex(name, keysOf);
    for (const link of links) if (!isGone(link)) store.upsert(link);
    const namespaces = new Map(parts.namespaces.map(({ metadata }) => [metadata.name, metadata]));
    // Of two AWSAccounts with one ID the older one counts: it is registered last, and replaces the other.
    for (const account of parts.accounts.toSorted(youngestFirst))
      this.#register(account, parts.connect(account));
    this.#parts = assembleLinks({
      links: store,
      // The links were read from the API server a moment ago.
      liveLinks: () => Promise.resolve([]),
      namespaceOf: (name) => namespaces.get(name),
      complete: () => true,
      accounts: this.#accounts,
      isRegistered: (accountId) => this.#accounts.get(accountId) !== undefined,
      clusterId,
      propagationPauseMs: 0,
      now,
      leadingSince: () => Number.NEGATIVE_INFINITY,
    });
  }

  /** Plans one link. A failure that no retry helps is an obstacle of this link.
   *  @throws AwsFailure when AWS cannot be read */
  async plan(link: LinkObject): Promise<PlannedLink> {
    const standstill = standstillOf(link);
    if (standstill !== undefined) return { link, actions: [], obstacles: [], remarks: [standstill] };
    const resolved = this.#parts.resolver.resolve(link);
    if ('kind' in resolved) {
      const obstacles = resolved.kind === 'refused' ? [resolved.message] : [];
      return { link, actions: [], obstacles, remarks: [] };
    }
    await this.#readSiblings(link);
    try {
      return await (link.link.deleting ? this.#planFinalize(resolved) : this.#planEnsure(resolved));
    } catch (error) {
      if (!(error instanceof AwsFailure) || !isOfOneLink(error)) throw error;
      return { link, actions: this.#written.splice(0), obstacles: [`${error.message}.`], remarks: [] };
    }
  }

  async #planEnsure(resolved: ResolvedLink): Promise<PlannedLink> {
    const { object } = resolved;
    let record = new ReconcileRecord();
    for (let round = 0; round < MOST_ROUNDS; round += 1) {
      record = new ReconcileRecord();
      await this.#parts.ensure.run(
        resolved,
        {
          callOptions: DRY_RUN_CALLS,
          firstCallOptions: DRY_RUN_CALLS,
          freshness: { kind: 'fresh' },
          machineMaxAgeMs: 60_000,
          asIfReady: true,
          wasInSync: false,
          inSyncBefore: new Set(),
          lastUpdates: new Map(),
          isDeletion: false,
          // The plan shows what an edit of the link would bring: whoever has to decide about the growth wants to see it.
          growthWaits: () => false,
          isAsBefore: () => Promise.resolve(false),
          reliedOnBefore: true,
          knownRoleId: object.status.targetRoleID,
          // Links planned after this one count it among those that have something in AWS.
          beforeWrites: () => {
            this.#parts.memories.of(object.metadata.uid).wroteForLink = true;
            return Promise.resolve();
          },
        },
        record,
      );
      if (record.applied.length === 0) break;
    }
    return {
      link: object,
      actions: [...this.#written.splice(0), ...record.observed],
      obstacles: obstaclesOf(record),
      remarks: [...growthRemarks(object), ...remarksOf(resolved, record), ...new Set(record.notes)],
    };
  }

  async #planFinalize(resolved: ResolvedLink): Promise<PlannedLink> {
    const { object, link } = resolved;
    const record: FinalizeRecord = { applied: [], kept: [], leftBehind: [] };
    const readPolicy = {
      callOptions: DRY_RUN_CALLS,
      deletingForMs: 0,
      patienceMs: 1,
    };
    const result = await this.#parts.finalize.run(resolved, readPolicy, record);
    return {
      link: object,
      actions: this.#written.splice(0),
      obstacles: result.kind === 'waits' ? [result.outcome.message] : [],
      remarks: [
        ...(record.kept.length > 0 ? [keptSentence(record.kept, link.stateMachine.name)] : []),
        ...record.leftBehind.map((left) => `Stays: ${left}`),
      ],
    };
  }

  /** Reads the state machines of links that share an object with this one: shared objects are planned from all of them. As in
   *  the operator, a state machine that cannot be read blocks removals. */
  async #readSiblings({ link }: LinkObject): Promise<void> {
    const siblings = [
      ...this.#parts.contributors.linksBy('sourceAccount', link.stateMachine.accountId),
      ...this.#parts.contributors.linksBy('targetRole', link.targetRole.text),
    ];
    await Promise.all(siblings.map((sibling) => this.#readMachine(sibling)));
  }

  async #readMachine({ link: { stateMachine } }: LinkObject): Promise<void> {
    const aws = this.#accounts.get(stateMachine.accountId)?.aws;
    if (aws === undefined || this.#parts.machines.known(stateMachine.text) !== undefined) return;
    try {
      await this.#parts.machines.read(aws, stateMachine.text, DRY_RUN_CALLS, 60_000);
    } catch (error) {
      if (!(error instanceof AwsFailure)) throw error;
    }
  }

  #register({ metadata, spec, status }: AWSAccount, aws: AwsAccount): void {
    this.#accounts.set({
      name: metadata.name,
      accountId: spec.accountID,
      rules: accountRules(metadata.name, spec),
      aws: new DryRunAccount(aws, (action) => this.#written.push(action)),
      operatorRoleArns: operatorRolesOf(spec, status.identityARN),
      driftFloorMs: 0,
    });
  }
}

/** Whether the failure concerns this link only. If an account cannot be reached, the whole plan ends. */
function isOfOneLink({ kind, subject }: AwsFailure): boolean {
  return kind === 'terminal' && subject.operation !== 'AssumeRole';
}

function youngestFirst({ metadata: a }: AWSAccount, { metadata: b }: AWSAccount): number {
  return compareText(b.creationTimestamp, a.creationTimestamp) || compareText(b.name, a.name);
}

/** Why the operator does nothing at all for a link; undefined if it does. */
function standstillOf(object: LinkObject): string | undefined {
  const { metadata, link } = object;
  if (isReleased(metadata)) return `Being deleted. ${keepersSentence(metadata)}`;
  if (link.deleting && metadata.annotations[ANNOTATIONS.abandon] === 'true')
    return 'Being deleted and abandoned: this link removes nothing from AWS.';
  if (link.deleting && link.retain)
    return 'Being deleted with deletionPolicy Retain: this link removes nothing from AWS.';
  return link.suspended ? 'Suspended: nothing is changed until it is resumed.' : undefined;
}

function obstaclesOf({ legs, effective }: ReconcileRecord): readonly string[] {
  const stalled = Object.values(legs).flatMap((leg) => (leg.kind === 'stalled' ? [leg.message] : []));
  return [...new Set([...stalled, ...(effective?.kind === 'denied' ? [effective.message] : [])])];
}

/** A remark for a link of which the operator has said that it waits for an edit, if there was none since. */
function growthRemarks({ status, metadata }: LinkObject): readonly string[] {
  const permissions = findCondition(status.conditions, 'PermissionsReady');
  const waits =
    permissions?.reason === 'GrowthHeld' && permissions.observedGeneration === metadata.generation;
  return waits
    ? [
        'The account holds growth back (definitionGrowth: Hold): what else the changed definition needs is written once the ' +
          'link is edited.',
      ]
    : [];
}

function remarksOf({ link }: ResolvedLink, { view, tasks = [] }: ReconcileRecord): readonly string[] {
  const observed = Object.values(link.legs).includes('Observe')
    ? ['Legs with managementPolicy Observe are shown as they would be changed, and are not written.']
    : [];
  const turning = (view?.definition.tasks ?? [])
    .filter(({ name }) => tasks.includes(name))
    .filter((task) => resourceLocation(task, link.targetRole.accountId) !== 'target')
    .map(({ name }) => `"${name}"`);
  if (turning.length === 0) return observed;
  return [
    ...observed,
    `${turning.join(', ')}: names used there do not say which account they mean, so Credentials stay when the link is ` +
      `deleted; without them they would mean resources of the source account.`,
  ];
}
