/**
 * A link on its way up: target role with its trust policy → permissions → grant → pause until IAM has propagated →
 * definition. The definition comes last, so that a running workflow never meets a role that is not ready.
 */
import type { Want } from '../aws/lanes.ts';
import { growthIsHeld, targetEntries } from '../access/target.ts';
import { grantRoles } from './inventory.ts';
import { refuseUnread, type Ask, type Refusal } from '../desired/ask.ts';
import { asSeenBy, linkOf, type Concession, type Standing } from '../desired/contribution.ts';
import { desiredGrant } from '../desired/grant.ts';
import { desiredTargetRole } from '../desired/target-role.ts';
import type { MachineView } from '../desired/machine-view.ts';
import type { Leg } from '../desired/leg.ts';
import type { Action } from '../plan/action.ts';
import { holdGrowth } from '../plan/growth.ts';
import { planGrant, roomForGrant } from '../plan/grant.ts';
import { planObservedGrant, planObservedRole } from '../plan/kept-elsewhere.ts';
import { planTargetRole } from '../plan/target-role.ts';
import { progressing, stalled, type EffectiveOutcome } from '../report/outcome.ts';
import type { AccountAws, Freshness } from '../aws/account-aws.ts';
import type { Build } from './build.ts';
import { credentialsOutcome } from './credentials-outcome.ts';
import { decidingPolicies, effectiveOutcome } from './effective.ts';
import type { LinkMemory } from './link-memory.ts';
import type { ObjectPasses } from './object-passes.ts';
import type { Propagation } from './propagation.ts';
import { newPolicyVersions, obstacle, remadeRole } from './told.ts';
import type { Subject, World } from './world.ts';

/** How closely to look this time. */
export interface Look {
  readonly want: Want;
  readonly freshness: Freshness;
  /** Longest age of a machine's read. */
  readonly machineMaxAgeMs: number;
  /** Plan the definition although legs that are only observed differ: what `plan` prints. */
  readonly asIfReady: boolean;
  /** Whether the link was in order before: then differences are drift. */
  readonly settled: boolean;
  /** Whether the definition has been changed since the link was last in order, and its spec has not. */
  readonly onlyDefinitionChanged: (view: MachineView) => boolean;
  /** Whether the roles were relied on before this process began. */
  readonly reliedOnBefore: boolean;
  readonly knownRoleId: string | undefined;
  /** Called before each write: puts the link's finalizer there. */
  readonly hold: () => Promise<void>;
  /** Called before a role is made anew, so that the record of the former one is gone first. */
  readonly forgetRoleId: () => Promise<void>;
}

export interface BuildUpParts {
  readonly world: World;
  readonly passes: ObjectPasses;
  readonly propagation: Propagation;
  readonly memory: LinkMemory;
  readonly clusterId: string;
}

const ROLE_LEGS: readonly Leg[] = ['targetRole', 'trustPolicy', 'permissions'];

export class BuildUp {
  readonly #parts: BuildUpParts;

  constructor(parts: BuildUpParts) {
    this.#parts = parts;
  }

  /** Goes as far as it gets; what stands in the way stands in `build`. @throws AwsFailure, PassFailure */
  async run(subject: Subject, look: Look, build: Build): Promise<void> {
    const { source, target } = subject;
    const refusal =
      refuseUnread(subject.link, subject.context) ?? this.#parts.world.refuseBeyondCapacity(subject);
    if (refusal !== undefined) return refuse(build, refusal);
    if (source.aws === undefined) return notReady(build, 'executionRoleGrant', source.name, source.problem);
    if (target.aws === undefined) return notReady(build, 'targetRole', target.name, target.problem);
    const asked = await this.#ask(subject, look, source.aws, build);
    if (asked === undefined) return;
    const { ask, view } = asked;
    build.view = view;
    build.tasks = ask.tasks;
    build.notes.push(...ask.notes);
    await this.#targetRole(subject, look, view, target.aws, build);
    if (build.legs.targetRole?.kind === 'stalled') return;
    await this.#grants(subject, look, this.#askAgain(subject) ?? ask, source.aws, build);
    this.#settleRoles(subject, look, view, build);
    await this.#definition(subject, look, source.aws, build);
    if (build.onTrack) build.effective = await this.#effective(subject, look, ask, build);
    if (look.settled) build.told.push(...obstacle(build.effective));
  }

  async #ask(
    subject: Subject,
    look: Look,
    aws: AccountAws,
    build: Build,
  ): Promise<{ ask: Ask; view: MachineView } | undefined> {
    const { link } = subject;
    const { world } = this.#parts;
    const sight = await world.machines.read(aws, link.stateMachine.text, look.want, look.machineMaxAgeMs);
    if (sight.kind === 'absent') {
      const message = `There is no state machine ${link.stateMachine.text}: create it, or make a link with its ARN.`;
      build.legs.stateMachineCredentials = stalled('StateMachineNotFound', message);
      return undefined;
    }
    if (sight.kind === 'unreadable') {
      build.legs.stateMachineCredentials = stalled('DefinitionUnreadable', sight.message);
      return undefined;
    }
    // What was still running when last looked at may have ended.
    const view =
      (sight.view.former ?? []).length > 0
        ? await world.machines.readFormer(aws, sight.view, look.want, look.machineMaxAgeMs)
        : sight.view;
    const ask = world.askOf(subject, view);
    if (ask.kind === 'asks') return { ask, view };
    refuse(build, ask);
    return undefined;
  }

  /** A pass may have learned of more that still runs. */
  #askAgain(subject: Subject): Ask | undefined {
    const sight = this.#parts.world.machines.known(subject.link.stateMachine.text);
    const ask = sight?.kind === 'found' ? this.#parts.world.askOf(subject, sight.view) : undefined;
    return ask?.kind === 'asks' ? ask : undefined;
  }

  async #targetRole(
    subject: Subject,
    look: Look,
    view: MachineView,
    aws: AccountAws,
    build: Build,
  ): Promise<void> {
    const { link, target } = subject;
    const enforce = link.legs.targetRole === 'Enforce';
    const accountBoundaryArn = target.rules.permissionsBoundaryArn;
    const desiredNow = () =>
      desiredTargetRole(link.targetRole, link.namespace, this.#standings('targetRole', subject), {
        clusterId: this.#parts.clusterId,
        ...(accountBoundaryArn !== undefined && { accountBoundaryArn }),
      });
    const facts = {
      ...(look.knownRoleId !== undefined && { knownRoleId: look.knownRoleId }),
      ...(accountBoundaryArn !== undefined && { accountBoundaryArn }),
    };
    const growthHeld = look.onlyDefinitionChanged(view) && this.#growthIsHeld(subject);
    const result = await this.#parts.passes.overRole({
      aws,
      arn: link.targetRole,
      want: look.want,
      freshness: look.freshness,
      settled: look.settled,
      enforce,
      links: [link.key],
      plan: (role) => {
        if (!enforce) return planObservedRole(desiredNow(), role, facts);
        const plan = planTargetRole(desiredNow(), role, facts);
        return growthHeld ? holdGrowth(plan, role) : plan;
      },
      learnBeforeShrinking: () => this.#learn(subject, look, this.#standings('targetRole', subject)),
      beforeWrites: async (actions) => {
        await look.hold();
        if (makesRole(actions)) await look.forgetRoleId();
      },
    });
    build.targetRole = result.role;
    if (look.settled && result.plan.problem !== undefined)
      build.told.push(...remadeRole(result.role, look.knownRoleId));
    build.took(ROLE_LEGS, result, enforce, this.#concessions(desiredNow().concessions, subject));
  }

  async #grants(subject: Subject, look: Look, ask: Ask, aws: AccountAws, build: Build): Promise<void> {
    const { link } = subject;
    const enforce = link.legs.executionRoleGrant === 'Enforce';
    const held: string[] = [];
    for (const arn of grantRoles(subject.object, ask.executionRoleArns)) {
      let concessions: readonly Concession[] = [];
      const result = await this.#parts.passes.overRole({
        aws,
        arn,
        want: look.want,
        freshness: look.freshness,
        settled: look.settled,
        enforce,
        links: [link.key],
        plan: (role) => {
          const room = roomForGrant(role, this.#parts.clusterId);
          const desired = desiredGrant(arn.text, this.#grantStandings(arn.text, subject), room);
          concessions = desired.concessions;
          const plan = enforce ? planGrant : planObservedGrant;
          return plan(desired, role, this.#parts.clusterId);
        },
        learnBeforeShrinking: () => this.#learn(subject, look, this.#grantStandings(arn.text, subject)),
        beforeWrites: look.hold,
      });
      if (arn.text === build.view?.executionRole.text) build.executionRole = result.role;
      build.took(['executionRoleGrant'], result, enforce, this.#concessions(concessions, subject));
      if (build.legs.executionRoleGrant?.kind !== 'inSync') return;
      if (result.plan.withheld.length > 0) held.push(arn.text);
    }
    const needed = (this.#askAgain(subject) ?? ask).executionRoleArns;
    build.grantsOn = [...new Set([...needed, ...held])];
  }

  /** Notes whether the definition may rely on the roles, and says so where it has to wait. */
  #settleRoles({ link }: Subject, look: Look, view: MachineView, build: Build): void {
    const memory = this.#parts.memory.of(link.uid);
    const roles = [link.targetRole.text, view.executionRole.text];
    const remainingMs = this.#parts.propagation.remainingMs(roles, look.reliedOnBefore);
    memory.rolesReady = (build.onTrack || (look.asIfReady && !build.isHeldUp)) && remainingMs === 0;
    if (build.onTrack && remainingMs > 0) build.continueAfterMs = remainingMs;
  }

  async #definition(subject: Subject, look: Look, aws: AccountAws, build: Build): Promise<void> {
    const { link } = subject;
    const enforce = link.legs.stateMachineCredentials === 'Enforce';
    const result = await this.#parts.passes.overMachine({
      aws,
      arn: link.stateMachine.text,
      want: look.want,
      enforce,
      links: [link.key],
      settled: look.settled,
      maxAgeMs: look.machineMaxAgeMs,
      standings: () => this.#standings('stateMachine', subject),
      beforeWrite: look.hold,
    });
    if (result.kind !== 'planned') {
      // It went between two reads of this reconcile: the next one tells it from the start.
      build.continueAfterMs = 0;
      return;
    }
    build.view = result.view;
    build.kept = result.plan.kept;
    build.took(['stateMachineCredentials'], result, enforce, this.#concessions(result.concessions, subject));
    if (build.legs.stateMachineCredentials?.kind !== 'inSync') return;
    const outcome = credentialsOutcome(link, result.plan, build);
    build.legs.stateMachineCredentials = outcome;
    // Permissions that only the Tasks just let go of needed can go now.
    if (result.applied.some(letsGo)) build.continueAfterMs = LET_GO_MS;
    // Everything is in place already: nothing has to wait for IAM.
    else if (outcome.kind === 'inSync') build.continueAfterMs = undefined;
  }

  async #effective(
    { link, source, target }: Subject,
    look: Look,
    ask: Ask,
    build: Build,
  ): Promise<EffectiveOutcome> {
    const { executionRole, targetRole } = build;
    const policies = await Promise.all([
      source.aws?.managedPolicies(decidingPolicies([executionRole]), look.want, look.freshness) ?? [],
      target.aws?.managedPolicies(decidingPolicies([targetRole]), look.want, look.freshness) ?? [],
    ]);
    const memory = this.#parts.memory.of(link.uid);
    if (look.settled) build.told.push(...newPolicyVersions(memory.policyVersions, policies.flat()));
    if (memory.policyVersions.size + policies.flat().length > 0)
      memory.policyVersions = new Map(policies.flat().map(({ arn, versionId }) => [arn, versionId]));
    const managed = new Map(
      policies.flat().map(({ arn, document }) => [arn, { name: arn, policy: document }]),
    );
    return effectiveOutcome(link, ask, executionRole, targetRole, managed);
  }

  #standings(index: 'targetRole' | 'stateMachine', { link }: Subject) {
    const key = index === 'targetRole' ? link.targetRole.text : link.stateMachine.text;
    return asSeenBy(link, this.#parts.world.standings(index, key));
  }

  /** Running executions and routed versions keep what they began with: nothing they need is taken away.
   *  https://docs.aws.amazon.com/step-functions/latest/apireference/API_UpdateStateMachine.html */
  #learn({ link }: Subject, { want }: Look, standings: readonly Standing[]): Promise<boolean> {
    return this.#parts.world.learnStillRunning([link, ...standings.map(linkOf)], want);
  }

  #grantStandings(executionRoleArn: string, { link }: Subject) {
    return asSeenBy(link, this.#parts.world.grantStandings(executionRoleArn, link.stateMachine.accountId));
  }

  #concessions<Item extends { readonly linkKey: string }>(
    all: readonly Item[],
    { link }: Subject,
  ): readonly Item[] {
    return all.filter(({ linkKey }) => linkKey === link.key);
  }

  #growthIsHeld({ link, context }: Subject): boolean {
    return growthIsHeld(targetEntries(context.target.entries, link.targetRole));
  }
}

/** Pause before a second look, once a definition has let go of Tasks. */
const LET_GO_MS = 500;

function letsGo({ changes }: Action): boolean {
  return changes.some(({ before }) => before !== undefined);
}

function makesRole(actions: readonly Action[]): boolean {
  return actions.some(({ operation }) => operation === 'CreateRole');
}

function refuse(build: Build, { leg, reason, message }: Refusal): void {
  build.legs[leg] = stalled(reason, message);
}

function notReady(build: Build, leg: Leg, account: string, problem = 'it has not been looked at yet'): void {
  build.legs[leg] = progressing('AccountNotReady', `AWSAccount ${account} is not Ready: ${problem}`);
}
