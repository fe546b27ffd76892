/** The rules for links: the same object for the same rules, so that what was worked out from it can be found again. */
import { entriesFor, type NamespaceInfo } from '../../access/namespaces.ts';
import { sameItems } from '../../base/same-items.ts';
import type { Link } from '../../desired/link.ts';
import type { AccessContext } from '../../desired/refusals.ts';
import type { Account } from './account-registry.ts';

interface KnownContext {
  /** The records that it was put together from, which are never changed. */
  readonly from: readonly unknown[];
  readonly context: AccessContext;
}

/** So many links are looked at for each that goes, on average. */
const WALKED_FOR_EACH = 100;

export class AccessContexts {
  readonly #takesNoResource: AccessContext['takesNoResource'];
  /** By namespace and the two accounts: those of links that are there, and for a while of some that are gone. */
  readonly #known = new Map<string, KnownContext>();
  /** How many links went since the unused ones were last swept out, and after how many that is to be done again. */
  #gone = 0;
  #sweepAfter = 1;

  constructor(takesNoResource: AccessContext['takesNoResource']) {
    this.#takesNoResource = takesNoResource;
  }

  /** @param isKept whether the link is there, so that its going will be told */
  of(link: Link, [source, target]: readonly [Account, Account], namespace: NamespaceInfo, isKept: boolean) {
    const key = keyOf(link);
    const known = this.#known.get(key);
    const operators = [source.operatorRoleArns, target.operatorRoleArns];
    const from = [source.rules, target.rules, namespace.labels, ...operators];
    // Asked dozens of times in a reconcile.
    if (known !== undefined && sameItems(known.from, from)) return known.context;
    const made: AccessContext = {
      source: { rules: source.rules, entries: entriesFor(source.rules, namespace) },
      target: { rules: target.rules, entries: entriesFor(target.rules, namespace) },
      operatorRoleArns: operators.flatMap((arns) => arns ?? []),
      takesNoResource: this.#takesNoResource,
    };
    const context = known !== undefined && isSame(known.context, made) ? known.context : made;
    if (isKept) this.#known.set(key, { from, context });
    return context;
  }

  /** To be called when a link is gone. Not each of thousands that go has all others asked whether they are of its kind.
   *  @param links those that are there */
  forget(links: () => Iterable<{ readonly link: Link }>): void {
    this.#gone += 1;
    if (this.#gone < this.#sweepAfter) return;
    const unused = new Set(this.#known.keys());
    let walked = 0;
    for (const { link } of links()) {
      if (unused.size === 0) break;
      walked += 1;
      unused.delete(keyOf(link));
    }
    for (const key of unused) this.#known.delete(key);
    this.#gone = 0;
    this.#sweepAfter = Math.max(this.#known.size, walked / WALKED_FOR_EACH);
  }
}

function isSame(a: AccessContext, b: AccessContext): boolean {
  return (
    a.source.rules === b.source.rules &&
    a.target.rules === b.target.rules &&
    sameItems(a.source.entries, b.source.entries) &&
    sameItems(a.target.entries, b.target.entries) &&
    sameItems(a.operatorRoleArns, b.operatorRoleArns)
  );
}

function keyOf({ namespace, stateMachine, targetRole }: Link): string {
  return `${namespace} ${stateMachine.accountId} ${targetRole.accountId}`;
}
