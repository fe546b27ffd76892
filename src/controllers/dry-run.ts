/** What the operator would do for links, by its own build-up, with nothing written: `kubectl crossaccountlink plan`. */
import { accountRules } from '../access/rules.ts';
import type { AWSAccount } from '../api/awsaccount.ts';
import { takesNoResource } from '../asl/action-scope.ts';
import type { AccountAws } from '../aws/account-aws.ts';
import { AwsFailure } from '../aws/errors.ts';
import type { Want } from '../aws/lanes.ts';
import type { Clock } from '../kubernetes/clock.ts';
import type { KubernetesObject } from '../kubernetes/metadata.ts';
import { Store } from '../kubernetes/store.ts';
import type { Action } from '../plan/action.ts';
import { Accounts } from './accounts.ts';
import { BuildUp } from './build-up.ts';
import { Build } from './build.ts';
import { Fights } from './fights.ts';
import { LinkMemory } from './link-memory.ts';
import { LINK_INDEXES, type LinkObject } from './link-object.ts';
import { Machines } from './machines.ts';
import { ObjectPasses } from './object-passes.ts';
import { Propagation } from './propagation.ts';
import { World } from './world.ts';

export interface DryRunParts {
  readonly clusterId: string;
  readonly links: readonly LinkObject[];
  readonly accounts: readonly AWSAccount[];
  readonly namespaces: readonly KubernetesObject[];
  readonly connect: (account: AWSAccount) => AccountAws;
  readonly clock: Clock;
}

export interface PlannedLink {
  readonly link: LinkObject;
  readonly actions: readonly Action[];
  /** What keeps a leg from being as wanted besides the actions: a refusal, a conflict, a missing machine. */
  readonly obstacles: readonly string[];
}

const WANT: Want = { urgency: 'look', tenant: '', maxWaitMs: 30_000 };

export class DryRun {
  readonly #world: World;
  readonly #buildUp: BuildUp;
  readonly #machines: Machines;
  readonly #directory = new Accounts();

  constructor(parts: DryRunParts) {
    const { clock, links, clusterId } = parts;
    const now = () => clock.monotonicMs();
    const store = new Store<LinkObject>();
    for (const [name, keysOf] of Object.entries(LINK_INDEXES)) store.addIndex(name, keysOf);
    for (const link of links) store.upsert(link);
    const namespaces = new Map(parts.namespaces.map(({ metadata }) => [metadata.name, metadata]));
    const memory = new LinkMemory();
    this.#machines = new Machines(now);
    for (const account of parts.accounts) this.#register(account, parts.connect(account));
    this.#world = new World({
      links: store,
      namespaceOf: (name) => namespaces.get(name),
      complete: () => true,
      accounts: this.#directory,
      isRegistered: (accountId) => this.#directory.get(accountId) !== undefined,
      machines: this.#machines,
      memory,
      takesNoResource,
    });
    const propagation = new Propagation(0, now);
    const passes = new ObjectPasses(this.#machines, propagation, new Fights(now));
    this.#buildUp = new BuildUp({ world: this.#world, passes, propagation, memory, clusterId });
  }

  /** @throws AwsFailure when AWS cannot be read */
  async plan(object: LinkObject): Promise<PlannedLink> {
    const subject = this.#world.subjectOf(object);
    if ('kind' in subject) {
      return { link: object, actions: [], obstacles: subject.kind === 'refused' ? [subject.message] : [] };
    }
    await this.#readSiblings(object);
    const build = new Build();
    await this.#buildUp.run(
      subject,
      {
        want: WANT,
        freshness: { kind: 'fresh' },
        machineMaxAgeMs: 60_000,
        dryRun: true,
        settled: false,
        onlyDefinitionChanged: () => false,
        reliedOnBefore: true,
        knownRoleId: object.status.targetRoleID,
        hold: () => Promise.resolve(),
        forgetRoleId: () => Promise.resolve(),
      },
      build,
    );
    const obstacles = Object.values(build.legs).flatMap((leg) =>
      leg.kind === 'stalled' ? [leg.message] : [],
    );
    return { link: object, actions: build.observed, obstacles: [...new Set(obstacles)] };
  }

  /** Shared objects are planned from all who share them; a machine that cannot be read holds removals back, as in
   *  the operator. */
  async #readSiblings({ link }: LinkObject): Promise<void> {
    const aws = this.#directory.get(link.stateMachine.accountId)?.aws;
    if (aws === undefined) return;
    for (const sibling of this.#world.linksBy('sourceAccount', link.stateMachine.accountId)) {
      try {
        await this.#machines.read(aws, sibling.link.stateMachine.text, WANT, 60_000);
      } catch (error) {
        if (!(error instanceof AwsFailure)) throw error;
      }
    }
  }

  #register({ metadata, spec }: AWSAccount, aws: AccountAws): void {
    const rules = accountRules(metadata.name, spec);
    const operatorRoleArn = spec.assumeRole?.arn;
    this.#directory.set({
      name: metadata.name,
      accountId: spec.accountID,
      rules,
      aws,
      ...(operatorRoleArn !== undefined && { operatorRoleArn }),
      driftFloorMs: 0,
    });
  }
}
