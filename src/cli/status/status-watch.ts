/** `status --watch`: on a terminal a tree that changes in place, otherwise a line or a document for each change. */
import {
  CROSS_ACCOUNT_LINK,
  parseCrossAccountLink,
  type CrossAccountLink,
} from '../../api/crossaccountlink.ts';
import { compareText } from '../../base/compare-text.ts';
import { systemClock } from '../../base/clock.ts';
import { keyOf } from '../../kubernetes/metadata.ts';
import type { Change } from '../../kubernetes/store.ts';
import { Reflector } from '../../kubernetes/reflector.ts';
import type { Cluster, Where } from '../cluster/cluster.ts';
import { chosenLinks, linksNamed } from '../cluster/cluster.ts';
import { describeError } from '../output/errors.ts';
import { EXIT, type ExitStatus, type Io } from '../output/io.ts';
import { LiveScreen, type LiveTerminal } from '../output/live-screen.ts';
import { isStructured, resourceName, structuredText } from '../output/output.ts';
import { readyValue, statusValue } from './status-value.ts';
import { inColourOf, statusLines } from './status.ts';
import { faint, line, rowsOf, strong, warning, type Drawing, type Line } from '../output/text.ts';

/** Where the tree is drawn. */
export interface WatchTerminal extends Io {
  readonly isTerminal: boolean;
  readonly drawing: Drawing;
  readonly live: LiveTerminal;
  onResize(listener: () => void): void;
}

/** Changes that come within this time are drawn together. */
const DRAW_AFTER_MS = 50;

/** Which links are watched, and how they are shown. */
interface WatchRequest {
  readonly names: readonly string[];
  readonly where: Where;
  readonly output: string | undefined;
}

/** Watches until `signal` aborts.
 *  @throws Error for people, if there is nothing to watch, or the caller may not */
export async function watchStatus(
  cluster: Cluster,
  { names, where, output }: WatchRequest,
  io: WatchTerminal,
  signal: AbortSignal,
): Promise<ExitStatus> {
  // Reports a name that does not exist, and missing rights.
  const atFirst = await chosenLinks(cluster, names, where);
  const wanted = new Set(linksNamed(cluster, names).map(keyOf));
  const namespaces = new Set([...wanted].map((key) => key.split('/', 1)[0]));
  const one = names.length > 0 ? [...namespaces][0] : cluster.namespace;
  const everywhere = where.allNamespaces === true || namespaces.size > 1;
  let problem: string | undefined;
  const links = new Reflector({
    client: cluster.client,
    clock: systemClock,
    resource: CROSS_ACCOUNT_LINK,
    parse: parseCrossAccountLink,
    namespace: everywhere ? undefined : one,
    onError: (error) => {
      problem = describeError(error);
      shown.failed(problem);
    },
  });
  const isWanted = ({ metadata }: CrossAccountLink) => wanted.size === 0 || wanted.has(keyOf(metadata));
  const shown =
    io.isTerminal && output === undefined
      ? new Tree(io, () => statusWith([...links.cache.values()].filter(isWanted), problem))
      : new Changes(io, output);
  links.onChange((change) => {
    problem = undefined;
    if (isWanted(change.kind === 'deleted' ? change.old : change.object)) shown.changed(change);
  });
  if (atFirst.length === 0) shown.nothing();
  await links.run(signal);
  return EXIT.done;
}

function statusWith(links: readonly CrossAccountLink[], problem: string | undefined): readonly Line[] {
  const sorted = links.toSorted((a, b) => compareText(keyOf(a.metadata), keyOf(b.metadata)));
  const bottom =
    problem === undefined
      ? line(faint('watching; Ctrl-C ends'))
      : line(warning(`${problem}; trying again …`));
  return [...statusLines(sorted), bottom];
}

interface Shown {
  changed(change: Change<CrossAccountLink>): void;
  /** Called if there is no link to show yet. */
  nothing(): void;
  failed(problem: string): void;
}

class Tree implements Shown {
  readonly #io: WatchTerminal;
  readonly #lines: () => readonly Line[];
  readonly #screen: LiveScreen;
  #due: NodeJS.Timeout | undefined;

  constructor(io: WatchTerminal, lines: () => readonly Line[]) {
    this.#io = io;
    this.#lines = lines;
    this.#screen = new LiveScreen(io.live);
    io.onResize(() => {
      this.#screen.forget();
      this.#draw();
    });
  }

  changed(): void {
    this.#draw();
  }

  nothing(): void {
    this.#draw();
  }

  failed(): void {
    this.#draw();
  }

  #draw(): void {
    if (this.#due !== undefined) return;
    this.#due = setTimeout(() => {
      this.#due = undefined;
      const drawing = { ...this.#io.drawing, breakWords: true };
      this.#screen.show(this.#lines().flatMap((each) => rowsOf(each, drawing)));
    }, DRAW_AFTER_MS);
  }
}

class Changes implements Shown {
  readonly #io: Io;
  readonly #output: string | undefined;
  readonly #printed = new Map<string, string>();
  #problem = '';
  #writing: Promise<void> = Promise.resolve();

  constructor(io: Io, output: string | undefined) {
    this.#io = io;
    this.#output = output;
  }

  changed(change: Change<CrossAccountLink>): void {
    this.#problem = '';
    this.#writing = this.#writing.then(() => this.#print(change));
  }

  nothing(): void {
    // The reader of a pipe waits for the first link.
  }

  failed(problem: string): void {
    if (this.#problem !== problem) this.#io.warn(`${problem}; trying again …\n`);
    this.#problem = problem;
  }

  async #print(change: Change<CrossAccountLink>): Promise<void> {
    const object = change.kind === 'deleted' ? change.old : change.object;
    const key = keyOf(object.metadata);
    const link = statusValue(object);
    const text = change.kind === 'deleted' ? '' : JSON.stringify(link);
    // Only something changed that is not shown, such as a label.
    if (this.#printed.get(key) === text) return;
    this.#printed.set(key, text);
    const value = { type: TYPES[change.kind], link };
    if (this.#output === 'json') this.#io.write(`${JSON.stringify(value)}\n`);
    else if (isStructured(this.#output)) this.#io.write(`---\n${await structuredText(this.#output, value)}`);
    else if (this.#output === 'name') this.#io.write(resourceName(object.metadata.name));
    else this.#io.print([changeLine(change.kind, object)]);
  }
}

/** As in a watch of the API. */
const TYPES = { added: 'ADDED', updated: 'MODIFIED', deleted: 'DELETED' } as const;

/** `2026-01-31T12:00:00Z payments/checkout  Ready=True (InSync) The state machine …` */
function changeLine(kind: Change<CrossAccountLink>['kind'], link: CrossAccountLink): Line {
  const { status, reason, message } = readyValue(link);
  const time = `${new Date(systemClock.wallMs()).toISOString().slice(0, 19)}Z `;
  const name = strong(keyOf(link.metadata));
  if (kind === 'deleted') return line(faint(time), name, '  deleted');
  return line(
    faint(time),
    name,
    '  ',
    inColourOf(status, `Ready=${status} (${reason || '-'})`),
    ` ${message}`,
  );
}
