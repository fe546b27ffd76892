/** `reconcile`, `suspend` and `resume`, as in flux. */
import { findCondition } from '../api/conditions.ts';
import type { CrossAccountLink } from '../api/crossaccountlink.ts';
import { ANNOTATIONS, isReleased } from '../api/metadata.ts';
import { sleep, systemClock, type Clock } from '../base/clock.ts';
import type { JsonObject } from '../base/json.ts';
import { isNotFound } from '../kubernetes/api-error.ts';
import { keyOf } from '../kubernetes/metadata.ts';
import { keepersSentence } from '../report/released.ts';
import { getLink, patchLink, type Cluster } from './cluster/cluster.ts';
import { EXIT, type ExitStatus, type Io } from './output/io.ts';
import type { NamedLink } from './cluster/link-name.ts';
import { linksToChange, noLinks, type Chosen } from './cluster/meant-links.ts';
import { inColourOf } from './status/status.ts';
import { readyValue } from './status/status-value.ts';
import { line, strong } from './output/text.ts';

export interface WaitOptions extends Chosen {
  /** True: until the link is Ready or needs a person; false: not at all; left out: the verb's own default. */
  readonly wait?: boolean;
  /** Milliseconds. */
  readonly timeout?: number;
}

/** How long `reconcile` waits for the operator's answer. */
const ANSWER_MS = 30_000;
/** How long `--wait` waits, as in flux. */
const READY_WITHIN_MS = 300_000;
const LOOK_AGAIN_MS = 250;

/** Asks for a reconcile now and waits until it is done. Exit 2 if a link is not Ready then.
 *  @throws Error for people, if the time is over */
export async function reconcile(
  cluster: Cluster,
  names: readonly string[],
  options: WaitOptions,
  io: Io,
): Promise<ExitStatus> {
  const { client } = cluster;
  const { wait, timeout } = options;
  const links = await linksMeant(cluster, names, options, io);
  const token = new Date(systemClock.wallMs()).toISOString();
  for (const link of links)
    await patchLink(client, link, {
      metadata: { annotations: { [ANNOTATIONS.reconcileRequestedAt]: token } },
    });
  if (wait === false) {
    io.print(links.map((link) => line(strong(keyOf(link)), ': reconcile requested')));
    return EXIT.done;
  }
  const isAnswered = ({ status }: CrossAccountLink) => status.lastHandledReconcileAt === token;
  const waiting = new Waiting(cluster, timeout ?? (wait === true ? READY_WITHIN_MS : ANSWER_MS), io);
  return waiting.report(links, wait === true ? (link) => isAnswered(link) && isFinished(link) : isAnswered);
}

/** Suspends links; with `wait`, until the operator has seen it.
 *  @throws Error for people, if the time is over */
export async function suspend(
  cluster: Cluster,
  names: readonly string[],
  options: WaitOptions,
  io: Io,
): Promise<ExitStatus> {
  const links = await linksMeant(cluster, names, options, io);
  const effect = 'suspended: nothing is checked, repaired or removed';
  const isSeen = await patchEach(cluster, links, { suspend: true }, (link) => said(io, link, effect));
  if (options.wait !== true) return EXIT.done;
  const waiting = new Waiting(cluster, options.timeout ?? READY_WITHIN_MS, io);
  for (const link of links) await waiting.until(link, isSeen);
  return EXIT.done;
}

/** Resumes links. With `wait` until they are Ready or need a person, with exit 2 in that case.
 *  @throws Error for people, if the time is over */
export async function resume(
  cluster: Cluster,
  names: readonly string[],
  options: WaitOptions,
  io: Io,
): Promise<ExitStatus> {
  const links = await linksMeant(cluster, names, options, io);
  const isSeen = await patchEach(cluster, links, { suspend: false }, (link) => said(io, link, 'resumed'));
  if (options.wait !== true) return EXIT.done;
  const waiting = new Waiting(cluster, options.timeout ?? READY_WITHIN_MS, io);
  return waiting.report(links, (link) => isSeen(link) && isFinished(link));
}

/** The links that the verb changes; if there are none, it prints so. */
async function linksMeant(
  cluster: Cluster,
  names: readonly string[],
  options: WaitOptions,
  io: Io,
): Promise<readonly NamedLink[]> {
  const links = await linksToChange(cluster, names, options);
  if (links.length === 0) io.print([line(noLinks(cluster, options))]);
  return links;
}

function said(io: Io, link: NamedLink, effect: string): void {
  io.print([line(strong(keyOf(link)), ` ${effect}`)]);
}

/** Edits the spec of one link after the other. Returns whether the operator has seen a link as it was written.
 *  @param onPatched called for each as soon as it is written: a later failure does not undo it */
async function patchEach(
  { client }: Cluster,
  links: readonly NamedLink[],
  spec: JsonObject,
  onPatched: (link: NamedLink) => void,
): Promise<(link: CrossAccountLink) => boolean> {
  const generations = new Map<string, number>();
  for (const link of links) {
    const { metadata } = await patchLink(client, link, { spec });
    generations.set(keyOf(link), metadata.generation);
    onPatched(link);
  }
  return ({ metadata, status }) =>
    (status.observedGeneration ?? -1) >= (generations.get(keyOf(metadata)) ?? metadata.generation);
}

/** Whether the link is Ready, or nothing more happens until a person does something. */
function isFinished({ status }: CrossAccountLink): boolean {
  return findCondition(status.conditions, 'Reconciling')?.status !== 'True';
}

/** Reads links again and again, and prints what changes meanwhile. */
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

  /** Waits for each and prints its state then. */
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
      const link = await this.#look(named);
      if (isReleased(link.metadata))
        throw new Error(`${keyOf(named)} is being deleted. ${keepersSentence(link.metadata)}`);
      if (isDone(link)) return link;
      const { reason, message } = readyValue(link);
      // Until the operator has answered, Ready is about the time before.
      const state = isFinished(link) ? 'the operator has not answered yet' : `${reason}: ${message}`;
      const now = `${keyOf(named)}: ${state}`;
      if (this.#clock.monotonicMs() > this.#giveUpAt) throw this.#timedOut(named, link);
      if (printed !== now) this.#io.warn(`waiting for ${now.replaceAll('\n', ' ')}\n`);
      printed = now;
      await sleep(this.#clock, LOOK_AGAIN_MS);
    }
  }

  async #look(named: NamedLink): Promise<CrossAccountLink> {
    try {
      return await getLink(this.#cluster.client, named);
    } catch (error) {
      if (!(error instanceof Error) || !isNotFound(error.cause)) throw error;
      // It existed when it was written, so a suggestion about its spelling would not help.
      throw new Error(`${keyOf(named)} is gone: its deletion is complete`, { cause: error });
    }
  }

  #timedOut(named: NamedLink, link: CrossAccountLink): Error {
    const seconds = this.#timeoutMs / 1000;
    const { reason, message } = readyValue(link);
    return new Error(
      isFinished(link)
        ? `${keyOf(named)}: not answered within ${seconds} s; is the operator running? "kubectl crossaccountlink check" shows it`
        : `${keyOf(named)}: still ${reason} after ${seconds} s: ${message} --timeout waits longer`,
    );
  }
}
