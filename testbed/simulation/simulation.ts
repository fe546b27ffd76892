/** Runs a history from its first step until everything has calmed down, and judges it. */
import { findCondition } from '../../src/api/conditions.ts';
import { CROSS_ACCOUNT_LINK } from '../../src/api/crossaccountlink.ts';
import { parseDuration } from '../../src/api/duration.ts';
import { isJsonObject, objectAt, stringAt, type JsonObject } from '../../src/base/json.ts';
import { AwsModel, type AwsChange, type ModelMachine } from './aws-model.ts';
import { changeAws } from './events.ts';
import { changeCluster, endNamespaces } from './cluster-events.ts';
import { EventQueue } from './event-queue.ts';
import { Excused } from './excused.ts';
import { additionText, HOLD_LAW, UNNOTICED_MS } from './hold-law.ts';
import { differencesToFresh, type Untouched } from './fresh-world.ts';
import type { Event, Expectation, History, Step } from './history.ts';
import { KubernetesModel } from './kubernetes-model.ts';
import { Laws, type Violation } from './laws.ts';
import { problemsAtRest } from './at-rest.ts';
import { LeadLaw } from './lead-law.ts';
import type { Life } from './life.ts';
import { Neighbour } from './neighbour.ts';
import { isForeignLeft, putAwsRight, putClusterRight } from './put-right.ts';
import { Random } from '../random.ts';
import { Replicas } from './replicas.ts';
import { restingState, type RestingState } from './resting-state.ts';
import { furnishAws, furnishCluster } from './scenery.ts';
import { Scheduler } from './scheduler.ts';
import { Truth } from './truth.ts';
import { Weather } from './weather.ts';

export interface Outcome {
  /** The first one matters: the run ends with it. */
  readonly violations: readonly Violation[];
  /** How many things happened, one after the other. */
  readonly turns: number;
  /** Calls of the operator, to both servers. */
  readonly calls: number;
  /** Writes of the operator to AWS that took effect. */
  readonly writes: number;
  readonly simulatedMs: number;
}

/** How long nothing may be written before all is taken to be calm: a drift check of every link, and for some a second one; longer
 *  if a link is checked more rarely. */
const QUIET_MS = 6 * 60_000;
/** The same after tools that keep writing: the longest time that the operator pauses before it puts right once more what they
 *  did. */
const QUIET_AFTER_TOOLS_MS = 40 * 60_000;
/** In intervals: a check that is due may wait for others. */
const LATEST = 1.2;
/** How long after its last object a namespace that is being deleted is gone. */
const NAMESPACE_ENDS_MS = 2_000;
/** A developer whose deployment was overwritten deploys it once more after this time. */
const DEPLOYED_AGAIN_MS = 5_000;
/** Somebody who finds something put back that he took away takes it away again, at most this many times. */
const MOST_TIMES = 3;
/** How long everything may take to calm down. */
const PATIENCE_MS = 4 * 3_600_000;

/** @param trace gets everything that happens, line by line
 *  @param onCall gets each call of the operator, with the simulation's time in milliseconds */
export async function simulate(
  history: History,
  trace?: (line: string) => void,
  onCall?: (call: string, atMs: number) => void,
): Promise<Outcome> {
  const world = new SimulatedWorld(history, trace, onCall);
  await world.play(history.steps);
  const { violations } = world;
  if (violations.length === 0) await world.comeToRest();
  // What somebody did right after a snapshot of the account shows only in the next snapshot, up to an interval later.
  if (violations.length === 0 && world.problemsAtRest().length > 0) await world.comeToRest();
  if (violations.length === 0) violations.push(...world.problemsAtRest());
  if (violations.length === 0) violations.push(...(await world.compareWithFresh()));
  world.end();
  const { scheduler, calls, writes } = world;
  return { violations, turns: scheduler.turns, calls, writes, simulatedMs: scheduler.nowMs };
}

class SimulatedWorld {
  readonly scheduler: Scheduler;
  readonly violations: Violation[] = [];
  readonly truth: Truth;
  readonly replicas: Replicas;
  calls = 0;
  writes = 0;
  readonly #history: History;
  readonly #aws: AwsModel;
  readonly #kubernetes: KubernetesModel;
  readonly #weather: Weather;
  readonly #excused: Excused;
  readonly #laws: Laws;
  readonly #lead: LeadLaw;
  readonly #trace: ((line: string) => void) | undefined;
  readonly #onCall: ((call: string, atMs: number) => void) | undefined;
  /** AWS as it would be if the operator did not exist, with a time of its own. */
  readonly #untouched: Untouched;
  /** Another cluster on the same accounts, if the history has one. */
  readonly #neighbour: Neighbour | undefined;
  readonly #ambushes: Extract<Event, { readonly do: 'ambush' }>[] = [];
  /** When the operator last wrote to AWS or to a link. */
  #wroteAtMs = 0;
  /** When the last tool ends. */
  #toolsUntilMs = 0;
  /** Deployments that the operator wrote over, to be made once more. */
  readonly #overwritten = new Set<ModelMachine>();

  constructor(
    history: History,
    trace: ((line: string) => void) | undefined,
    onCall: ((call: string, atMs: number) => void) | undefined,
  ) {
    const random = new Random(history.seed + 1);
    this.#history = history;
    this.#trace = trace;
    this.#onCall = onCall;
    this.scheduler = new Scheduler(random);
    this.#weather = new Weather(random, this.scheduler);
    this.#aws = new AwsModel(this.scheduler);
    this.#kubernetes = new KubernetesModel(this.scheduler);
    // Everything happens in the same order in every such world, so that the seed decides nothing there.
    const scheduler = new Scheduler(new Random(2));
    this.#untouched = { scheduler, aws: new AwsModel(scheduler) };
    furnishAws(this.#aws);
    furnishAws(this.#untouched.aws);
    furnishCluster(this.#kubernetes);
    this.truth = new Truth(this.#aws, this.#kubernetes);
    this.#lead = new LeadLaw(this.#kubernetes);
    this.#excused = new Excused(this.#kubernetes, this.truth, this.scheduler);
    this.#aws.onChange((change) => this.#noteAws(change));
    this.#kubernetes.onChange((resource, _before, after) => {
      if (resource.plural !== CROSS_ACCOUNT_LINK.plural) return;
      this.#wroteAtMs = this.scheduler.nowMs;
      if (after !== undefined) this.#tell(() => `        ${stateOf(after)}`);
      else this.scheduler.after(NAMESPACE_ENDS_MS, () => endNamespaces(this.#kubernetes));
    });
    const { truth, scheduler: now } = this;
    this.#laws = new Laws({
      aws: this.#aws,
      kubernetes: this.#kubernetes,
      truth,
      scheduler: now,
      onViolation: (violation) => this.violations.push(violation),
      onOverwritten: (before) => this.#deployAgain(before),
    });
    this.#kubernetes.onRestore(() => {
      this.#wroteAtMs = this.scheduler.nowMs;
      this.#lead.excuse(this.scheduler.nowMs);
    });
    this.replicas = new Replicas({
      count: history.replicas,
      scheduler: now,
      random,
      weather: this.#weather,
      aws: this.#aws,
      kubernetes: this.#kubernetes,
      onCall: (life, call) => this.#called(life, call),
      beforeEffect: (call) => this.#spring(call),
    });
    this.#neighbour = history.steps.some((step) => step.do === 'elsewhere')
      ? this.#anotherCluster()
      : undefined;
  }

  problemsAtRest(): readonly Violation[] {
    return [
      ...problemsAtRest(this.truth, this.scheduler.nowMs),
      ...(this.#neighbour?.problemsAtRest() ?? []),
    ];
  }

  end(): void {
    this.replicas.end();
    this.#neighbour?.end();
  }

  #anotherCluster(): Neighbour {
    return new Neighbour({
      scheduler: this.scheduler,
      random: new Random(this.#history.seed + 2),
      weather: this.#weather,
      aws: this.#aws,
      onCall: (life, call) => {
        this.calls += 1;
        this.#tell(() => `    elsewhere ${life.id} ${call}`);
      },
      onViolation: ({ message, ...violation }) =>
        this.violations.push({ ...violation, message: `elsewhere: ${message}` }),
      onLink: (object) => {
        this.#wroteAtMs = this.scheduler.nowMs;
        if (object !== undefined) this.#tell(() => `        elsewhere ${stateOf(object)}`);
      },
    });
  }

  async play(steps: readonly Step[]): Promise<void> {
    for (const step of steps) {
      await this.#pass(step.afterMs);
      if (this.violations.length > 0) return;
      this.#tell(() => JSON.stringify(step));
      this.#happen(step);
    }
  }

  /** Lets time pass until nothing has been written for long enough. */
  async comeToRest(): Promise<void> {
    this.#tell(() => 'calm');
    this.#weather.calm();
    this.#ambushes.length = 0;
    this.replicas.calm();
    this.#neighbour?.calm();
    await this.#pass(Math.max(this.replicas.wakeAfterMs, this.#toolsUntilMs - this.scheduler.nowMs));
    await this.#judgeAdditions();
    if (this.violations.length > 0) return;
    for (let times = 1; ; times += 1) {
      const preserved = this.#putRight();
      await this.#untilQuiet();
      if (this.violations.length > 0 || times === MOST_TIMES || !isForeignLeft(this.#aws, preserved)) return;
    }
  }

  async #untilQuiet(): Promise<void> {
    const sinceMs = this.scheduler.nowMs;
    this.#wroteAtMs = sinceMs;
    // The condition is the same one that is waited for: a remainder too small to be added to the time would otherwise never end.
    const quietMs = this.#quietMs();
    while (this.violations.length === 0 && this.scheduler.nowMs < this.#wroteAtMs + quietMs) {
      if (this.scheduler.nowMs - sinceMs > PATIENCE_MS) {
        const message = `something is still written after ${PATIENCE_MS / 60_000} minutes`;
        this.violations.push({ law: 'zero writes once calm', atMs: this.scheduler.nowMs, message });
        return;
      }
      await this.#passUntil(this.#wroteAtMs + quietMs);
    }
  }

  /** What somebody added while growth is held is removed although growth waits, as long as this process remembers what was
   *  needed. */
  async #judgeAdditions(): Promise<void> {
    const { hold } = this.#laws;
    if (this.replicas.started > 1 || hold.additions().length === 0) return;
    await this.#pass(UNNOTICED_MS);
    const atMs = this.scheduler.nowMs;
    for (const added of hold.additions())
      this.violations.push({ law: HOLD_LAW, atMs, message: additionText(added) });
  }

  #quietMs(): number {
    const intervals = [...this.truth.links(), ...(this.#neighbour?.truth.links() ?? [])].map(
      ({ spec }) => (parseDuration(spec.driftCheckInterval ?? '') ?? 0) * LATEST,
    );
    return Math.max(this.#toolsUntilMs > 0 ? QUIET_AFTER_TOOLS_MS : QUIET_MS, ...intervals);
  }

  /** With two clusters, each keeps what it had first: there is no single right final state. */
  async compareWithFresh(): Promise<readonly Violation[]> {
    if (this.#neighbour !== undefined) return [];
    if (this.#mayHaveOverlooked()) this.#excused.overlooked();
    const differing = await differencesToFresh(this.#found(), {
      kubernetes: this.#kubernetes,
      untouched: this.#untouched,
      isExcused: (path) => this.#excused.test(path),
      laterOn: async () => {
        await this.comeToRest();
        return this.#found();
      },
    });
    const law = 'AWS ends as a fresh operator would make it';
    return differing.map((message) => ({ law, atMs: this.scheduler.nowMs, message }));
  }

  /** Whether every process may have died since, or a watch has left something out. */
  #mayHaveOverlooked(): boolean {
    const { replicas, steps } = this.#history;
    const isCut = steps.some((step) => (step.do === 'cutWatches' || step.do === 'cutLists') && step.expired);
    return isCut || this.replicas.started >= 2 * replicas;
  }

  #found(): RestingState {
    return restingState(this.#aws, this.#kubernetes);
  }

  #deployAgain(overwritten: ModelMachine): void {
    this.#overwritten.add(overwritten);
    this.scheduler.after(DEPLOYED_AGAIN_MS, () => {
      if (this.#overwritten.delete(overwritten)) this.#aws.setMachine('others', overwritten.arn, overwritten);
    });
  }

  /** Returns the ARNs of the roles on which links preserve what is foreign. */
  #putRight(): ReadonlySet<string> {
    if (this.#history.specsStay !== true) putClusterRight(this.#kubernetes);
    this.#neighbour?.putRight();
    const preserving = this.truth.links().filter(({ link }) => link.unmanaged === 'Preserve');
    const preserved = new Set(preserving.map(({ link }) => link.targetRole.text));
    // Everybody is to have what is deployed now.
    this.#overwritten.clear();
    putAwsRight(this.#aws, preserved);
    putAwsRight(this.#untouched.aws, preserved);
    return preserved;
  }

  #pass(ms: number): Promise<void> {
    return this.#passUntil(this.scheduler.nowMs + ms);
  }

  #passUntil(atMs: number): Promise<void> {
    return this.scheduler.run(atMs, () => this.violations.length > 0);
  }

  #happen(step: Event): void {
    switch (step.do) {
      case 'crash':
        return this.replicas.doom(step.replica, step, step.downMs);
      case 'elsewhere':
        return this.#neighbour?.happen(step.event);
      case 'repeat':
        return this.#repeat(step);
      case 'ambush':
        this.#ambushes.push(step);
        return;
      case 'expect':
        return this.#expect(step.link, step.that);
      case 'skewClock':
        return this.replicas.skewClock(step.replica, step.byMs);
      case 'freeze':
        return this.replicas.freeze(step.replica, step.forMs);
      case 'suspendHost':
        this.#laws.asleepUntil(this.scheduler.nowMs + step.forMs);
        return this.replicas.suspendHost(step.replica, step.forMs);
      case 'outage':
        return this.#weather.refuse(step.accountId, step.how, step.forMs);
      case 'storm':
        return this.#weather.storm(step.over, step.probability, step.forMs);
      case 'cutWatches':
        return this.replicas.cutWatches(step.replica, step.expired);
      case 'cutLists':
        return this.replicas.cutLists(step.replica, step.expired);
      case 'lagWatches':
        return this.replicas.lagWatches(step.replica, step.byMs, step.forMs);
      case 'lagIam':
        this.#aws.principalDelayMs = step.byMs;
        return this.#weather.lagIam(step.byMs, step.forMs);
      case 'restore':
        this.#kubernetes.restore(step.backMs, step.bumped);
        return this.replicas.cutAllWatches();
      case 'rules':
      case 'removeAccount':
      case 'addAccount':
      case 'apply':
      case 'delete':
      case 'abandon':
      case 'request':
      case 'deleteNamespace':
      case 'label':
        return changeCluster(this.#kubernetes, step);
      case 'empty':
        if (step.what === 'finalizers') this.#freed(step.link);
        return changeCluster(this.#kubernetes, step);
      case 'putBack':
        changeCluster(this.#kubernetes, step);
        return step.status ? this.#laws.statusPutBack() : undefined;
      case 'forward':
        this.#aws.events ??= new EventQueue(this.#aws, this.scheduler, new Random(this.#history.seed + 3));
        return;
      case 'dropLease':
        this.#lead.dropped(this.scheduler.nowMs);
        return changeCluster(this.#kubernetes, step);
      default:
        if (!changeAws(this.#aws, step)) return;
        changeAws(this.#untouched.aws, step);
        if (step.do === 'tamper') this.#excused.tampered(step, this.#aws.role(step.role));
        if (step.do === 'remakeRole') this.#excused.remade(step.role);
    }
  }

  #freed(key: string): void {
    this.#excused.freed(key);
    this.#laws.freed(key);
  }

  #repeat({ event, times, everyMs }: Extract<Event, { readonly do: 'repeat' }>): void {
    this.#toolsUntilMs = Math.max(this.#toolsUntilMs, this.scheduler.nowMs + times * everyMs);
    for (let time = 0; time < times; time += 1)
      this.scheduler.after(time * everyMs, () => {
        this.#tell(() => JSON.stringify(event));
        this.#happen(event);
      });
  }

  /** Lets the event that waited for this call happen, once, before the call takes effect. */
  #spring(call: string): void {
    const at = this.#ambushes.findIndex((ambush) => call.includes(ambush.at));
    const [ambush] = at < 0 ? [] : this.#ambushes.splice(at, 1);
    if (ambush === undefined) return;
    this.#tell(() => JSON.stringify(ambush.event));
    this.#happen(ambush.event);
  }

  #expect(key: string, { works, drift, ready, description }: Expectation): void {
    const object = this.truth.links().find(({ link }) => link.key === key);
    const reported = object?.status.drift?.total ?? 0;
    const problem = object === undefined ? 'there is no such link' : this.truth.problem(object);
    const { status } = findCondition(object?.status.conditions, 'Ready') ?? {};
    const described = this.#aws.role(description?.role ?? '')?.description;
    const wrong = [
      ...(works === true && problem !== undefined ? [problem] : []),
      ...(drift !== undefined && drift !== reported ? [`${reported} differences were told as drift`] : []),
      ...(ready !== undefined && ready !== status ? [`Ready is ${status}`] : []),
      ...(description !== undefined && description.is !== described ? [`the role is ${described}`] : []),
    ];
    const atMs = this.scheduler.nowMs;
    const law = 'a directed history ends as expected';
    for (const message of wrong) this.violations.push({ law, atMs, message: `${key}: ${message}` });
  }

  #noteAws({ actor, operation, object }: AwsChange): void {
    if (actor === 'others') return;
    this.writes += 1;
    this.#wroteAtMs = this.scheduler.nowMs;
    this.#tell(
      () => `        ${actor === 'neighbour' ? 'elsewhere ' : ''}${operation} ${object} took effect`,
    );
  }

  #called(life: Life, call: string): void {
    this.calls += 1;
    this.#onCall?.(call, this.scheduler.nowMs);
    this.#tell(() => `    ${life.id} ${call}${life.alive ? '' : ' (its last)'}`);
    const message = this.#history.replicas > 1 ? this.#lead.problem(life, call) : undefined;
    const atMs = this.scheduler.nowMs;
    if (message !== undefined) this.violations.push({ law: 'only who leads writes', atMs, message });
  }

  #tell(line: () => string): void {
    this.#trace?.(`${(this.scheduler.nowMs / 1000).toFixed(3).padStart(10)} ${line()}`);
  }
}

function stateOf(object: JsonObject): string {
  const metadata = objectAt(object, 'metadata');
  const { conditions } = objectAt(object, 'status');
  const all = Array.isArray(conditions) ? conditions.filter(isJsonObject) : [];
  const ready = all.find(({ type }) => type === 'Ready');
  const leaving = metadata['deletionTimestamp'] === undefined ? '' : ' leaving';
  const finalizers = JSON.stringify(metadata['finalizers'] ?? []);
  return `${stringAt(metadata, 'name')} gen ${String(metadata['generation'])}${leaving} ${finalizers} Ready ${String(ready?.['status'])} ${String(ready?.['reason'])}: ${String(ready?.['message'])}`;
}
