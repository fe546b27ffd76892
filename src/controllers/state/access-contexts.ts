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

export class AccessContexts {
  readonly #takesNoResource: AccessContext['takesNoResource'];
  /** By namespace and the two accounts, while there are links of them. */
  readonly #known = new Map<string, KnownContext>();

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

  /** To be called when a link is gone.
   *  @param others those of its namespace that are there */
  forget(link: Link, others: readonly { readonly link: Link }[]): void {
    const key = keyOf(link);
    if (!others.some((other) => keyOf(other.link) === key)) this.#known.delete(key);
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
