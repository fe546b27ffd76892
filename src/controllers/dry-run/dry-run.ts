/** What the operator would do for links: the same code as in the operator, on accounts that only note writes. */
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
  /** What keeps the link from being as wanted besides the actions: a refusal, a conflict, a missing machine. */
  readonly obstacles: readonly string[];
  /** What a person should know although nothing follows from it now. */
  readonly remarks: readonly string[];
}

/** A person waits for the answer, but not for ever. */
export const DRY_RUN_CALLS: CallOptions = { urgency: 'look', tenant: '', maxWaitMs: 30_000 };
/** Once a definition no longer uses the role in some Tasks, their permissions may go. The operator, too, needs more
 *  than one reconcile for that. */
const MOST_ROUNDS = 5;

/** Links are planned one after the other, and each sees what was planned before it. */
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
    // Of two AWSAccounts with one ID the older one counts: it is registered last.
    for (const account of parts.accounts.toSorted(youngestFirst))
      this.#register(account, parts.connect(account));
    this.#parts = assembleLinks({
      links: store,
      // They were read from the API server a moment ago.
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

  /** What no retry helps is an obstacle of this one link. @throws AwsFailure when AWS cannot be read */
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
          // What is shown is what an edit of the link brings: whoever has to decide on that wants to see it.
          growthWaits: () => false,
          isAsBefore: () => Promise.resolve(false),
          reliedOnBefore: true,
          knownRoleId: object.status.targetRoleID,
          // Whoever is planned after it counts it among those that have something in AWS.
          beforeWrites: () => {
            this.#parts.memory.of(object.metadata.uid).wroteForLink = true;
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

  /** Shared objects are planned from all links that share them. A state machine that cannot be read blocks removals, as
   *  in the operator. */
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

/** Whether other links can be planned all the same: one whose account is not reached ends the plan. */
function isOfOneLink({ kind, subject }: AwsFailure): boolean {
  return kind === 'terminal' && subject.operation !== 'AssumeRole';
}

function youngestFirst({ metadata: a }: AWSAccount, { metadata: b }: AWSAccount): number {
  return compareText(b.creationTimestamp, a.creationTimestamp) || compareText(b.name, a.name);
}

/** Why the operator does nothing at all about a link. */
function standstillOf(object: LinkObject): string | undefined {
  const { metadata, link } = object;
  if (isReleased(metadata)) return `Being deleted. ${keepersSentence(metadata)}`;
  if (link.deleting && metadata.annotations[ANNOTATIONS.abandon] === 'true')
    return 'Being deleted and abandoned: AWS is left as it is.';
  if (link.deleting && link.retain) return 'Being deleted with deletionPolicy Retain: AWS is left as it is.';
  return link.suspended ? 'Suspended: nothing is changed until it is resumed.' : undefined;
}

function obstaclesOf({ legs, effective }: ReconcileRecord): readonly string[] {
  const stalled = Object.values(legs).flatMap((leg) => (leg.kind === 'stalled' ? [leg.message] : []));
  return [...new Set([...stalled, ...(effective?.kind === 'denied' ? [effective.message] : [])])];
}

/** Where the operator has said that it waits for an edit of the link, and there was none since. */
function growthRemarks({ status, metadata }: LinkObject): readonly string[] {
  const permissions = findCondition(status.conditions ?? [], 'PermissionsReady');
  const waits =
    permissions?.reason === 'GrowthHeld' && permissions.observedGeneration === metadata.generation;
  return waits
    ? [
        'The account holds growth (definitionGrowth: Hold): what the changed definition needs more is written once the ' +
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
    `${turning.join(', ')}: names used there do not say whose account they mean, so Credentials stay when the link is ` +
      `deleted; without them they would mean resources of the source account.`,
  ];
}
