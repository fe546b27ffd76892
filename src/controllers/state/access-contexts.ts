/** The access rules for links. Equal rules are the same object, so that results worked out from them can be found again. */
import { entriesFor, type NamespaceInfo } from '../../access/namespaces.ts';
import { sameItems } from '../../base/same-items.ts';
import type { Link } from '../../desired/link.ts';
import type { AccessContext } from '../../desired/refusals.ts';
import type { Account } from './account-registry.ts';

interface KnownContext {
  /** The objects from which it was made. They never change. */
  readonly from: readonly unknown[];
  readonly context: AccessContext;
}

/** On average, this many links are gone through for each link that goes. */
const WALKED_FOR_EACH = 100;

export class AccessContexts {
  readonly #takesNoResource: AccessContext['takesNoResource'];
  /** By namespace and the two accounts: those of existing links and, for a while, of some that are gone. */
  readonly #known = new Map<string, KnownContext>();
  /** How many links have gone since unused entries were last removed, and after how many more that is done again. */
  #gone = 0;
  #sweepAfter = 1;

  constructor(takesNoResource: AccessContext['takesNoResource']) {
    this.#takesNoResource = takesNoResource;
  }

  /** Returns the rules for a link.
   *  @param isKept whether the link exists, so that `forget` will be called for it */
  of(link: Link, [source, target]: readonly [Account, Account], namespace: NamespaceInfo, isKept: boolean) {
    const key = keyOf(link);
    const known = this.#known.get(key);
    const operators = [source.operatorRoleArns, target.operatorRoleArns];
    const from = [source.rules, target.rules, namespace.labels, ...operators];
    // A reconcile asks dozens of times.
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

  /** To be called when a link is gone. Removes unused entries only now and then: if thousands of links go, not each of them has
   *  to go through all others.
   *  @param links those that exist */
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
