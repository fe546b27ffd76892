/** `reconcile`, `suspend` and `resume`, as in flux. */
import { findCondition } from '../api/conditions.ts';
import type { CrossAccountLink } from '../api/crossaccountlink.ts';
import { ANNOTATIONS } from '../api/metadata.ts';
import { sleep, systemClock, type Clock } from '../base/clock.ts';
import { getLink, patchLink, type Cluster } from './cluster/cluster.ts';
import { EXIT, type ExitStatus, type Io } from './output/io.ts';
import type { NamedLink } from './cluster/link-name.ts';
import { linksToChange, noLinks, type Chosen } from './cluster/meant-links.ts';
import { inColourOf } from './status/status.ts';
import { readyValue } from './status/status-value.ts';
import { line, strong } from './output/text.ts';

export interface WaitOptions extends Chosen {
  /** True: until the link is Ready or needs a person; false: not at all; left out: as the verb does by itself. */
  readonly wait?: boolean;
  /** Milliseconds. */
  readonly timeout?: number;
}

/** How long `reconcile` waits for the operator's answer. */
const ANSWER_MS = 30_000;
/** How long `--wait` waits, as in flux. */
const READY_WITHIN_MS = 300_000;
const LOOK_AGAIN_MS = 250;

/** Asks for a reconcile now and waits until it is answered. Exit 2 when a link is not Ready then. Throws an error for
 *  people when the time is over. */
export async function reconcile(
  cluster: Cluster,
  names: readonly string[],
  options: WaitOptions,
  io: Io,
): Promise<ExitStatus> {
  const { client } = cluster;
  const { wait, timeout } = options;
  const links = await linksToChange(cluster, names, options);
  if (links.length === 0) io.print([line(noLinks(cluster, options))]);
  const token = new Date(systemClock.wallMs()).toISOString();
  for (const link of links)
    await patchLink(client, link, {
      metadata: { annotations: { [ANNOTATIONS.reconcileRequestedAt]: token } },
    });
  if (wait === false) {
    io.print(links.map((link) => line(strong(keyOf(link)), ' is asked for')));
    return EXIT.done;
  }
  const isAnswered = ({ status }: CrossAccountLink) => status.lastHandledReconcileAt === token;
  const waiting = new Waiting(cluster, timeout ?? (wait === true ? READY_WITHIN_MS : ANSWER_MS), io);
  return waiting.report(links, wait === true ? (link) => isAnswered(link) && isFinished(link) : isAnswered);
}

/** Suspends links, or lets them go on. With `wait` until the operator has taken note, and, when they go on, until they
 *  are Ready or need a person: exit 2 then. */
export async function setSuspended(
  cluster: Cluster,
  names: readonly string[],
  suspend: boolean,
  options: WaitOptions,
  io: Io,
): Promise<ExitStatus> {
  const { wait, timeout } = options;
  const links = await linksToChange(cluster, names, options);
  if (links.length === 0) io.print([line(noLinks(cluster, options))]);
  const generations = new Map<string, number>();
  for (const link of links) {
    const { metadata } = await patchLink(cluster.client, link, { spec: { suspend } });
    generations.set(keyOf(link), metadata.generation);
    const effect = suspend ? 'suspended: nothing is checked, repaired or removed' : 'resumed';
    io.print([line(strong(keyOf(link)), ` ${effect}`)]);
  }
  if (wait !== true) return EXIT.done;
  const isSeen = ({ metadata, status }: CrossAccountLink) =>
    (status.observedGeneration ?? -1) >=
    (generations.get(`${metadata.namespace}/${metadata.name}`) ?? metadata.generation);
  const waiting = new Waiting(cluster, timeout ?? READY_WITHIN_MS, io);
  if (!suspend) return waiting.report(links, (link) => isSeen(link) && isFinished(link));
  for (const link of links) await waiting.until(link, isSeen);
  return EXIT.done;
}

/** Ready, or nothing more happens until a person does something. */
function isFinished({ status }: CrossAccountLink): boolean {
  return findCondition(status.conditions ?? [], 'Reconciling')?.status !== 'True';
}

/** Looks at links again and again, and prints what changes meanwhile. */
class Waiting {
  readonly #cluster: Cluster;
  readonly #timeoutMs: number;
  readonly #giveUpAt: number;
  readonly #io: Io;
  readonly #clock: Clock = systemClock;

  constructor(cluster: Cluster, timeoutMs: number, io: Io) {
    this.#cluster = cluster;
    this.#timeoutMs = timeoutMs;
    this.#giveUpAt = this.#clock.monotonicMs() + timeoutMs;
    this.#io = io;
  }

  /** Waits for each and prints how it is then. */
  async report(
    links: readonly NamedLink[],
    isDone: (link: CrossAccountLink) => boolean,
  ): Promise<ExitStatus> {
    let allReady = true;
    for (const named of links) {
      const link = await this.until(named, isDone);
      const { status, message } = readyValue(link);
      const suspended = link.spec.suspend === true ? ' (suspended: nothing was checked)' : '';
      const state = inColourOf(status, `Ready=${status}`);
      this.#io.print([line(strong(keyOf(named)), ': ', state, `${suspended} ${message}`)]);
      allReady &&= status === 'True';
    }
    return allReady ? EXIT.done : EXIT.attention;
  }

  async until(named: NamedLink, isDone: (link: CrossAccountLink) => boolean): Promise<CrossAccountLink> {
    let printed = '';
    for (;;) {
      const link = await getLink(this.#cluster.client, named);
      if (isDone(link)) return link;
      const { reason, message } = readyValue(link);
      // What Ready says is of before as long as nobody has answered.
      const state = isFinished(link) ? 'the operator has not answered yet' : `${reason}: ${message}`;
      const now = `${keyOf(named)}: ${state}`;
      if (this.#clock.monotonicMs() > this.#giveUpAt) throw this.#timedOut(named, link);
      if (printed !== now) this.#io.warn(`waiting for ${now.replaceAll('\n', ' ')}\n`);
      printed = now;
      await sleep(this.#clock, LOOK_AGAIN_MS);
    }
  }

  #timedOut(named: NamedLink, link: CrossAccountLink): Error {
    const seconds = this.#timeoutMs / 1000;
    const { reason, message } = readyValue(link);
    return new Error(
      isFinished(link)
        ? `${keyOf(named)}: not answered within ${seconds} s; is the operator running? "kubectl crossaccountlink check" tells`
        : `${keyOf(named)}: still ${reason} after ${seconds} s: ${message} --timeout waits longer`,
    );
  }
}

function keyOf({ namespace, name }: NamedLink): string {
  return `${namespace}/${name}`;
}
