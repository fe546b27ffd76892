/** The roles of a snapshot as packed texts, in a tenth of the memory. They are parsed when they are asked for. */
import { RecentMap } from '../../base/recent-map.ts';
import type { ObservedRole } from '../../observed/objects.ts';
import { sameRole } from '../../observed/same-role.ts';
import type { RoleSnapshots } from '../../observed/snapshot.ts';
import { observedTags } from '../../observed/tags.ts';
import { parseObservedPolicy } from '../../policy/parse.ts';
import { pack, unpack } from './packed-text.ts';

/** A role in the form in which AWS describes it. */
export interface RoleText {
  readonly arn: string;
  readonly roleId: string;
  readonly trust: string;
  readonly inlinePolicies: readonly { readonly name: string; readonly document: string }[];
  readonly managedPolicyArns: readonly string[];
  readonly permissionsBoundaryArn?: string;
  readonly tags: readonly { readonly key: string; readonly value: string }[];
  readonly instanceProfiles: readonly string[];
}

/** What is known of a role without reading its text. */
export interface SentRole {
  readonly arn: string;
  /** Whether its tags say that it is the operator's. */
  readonly isOwn: boolean;
}

export class KeptRoles implements RoleSnapshots {
  /** By ARN: the role without its ARN, as packed JSON. */
  readonly #texts = new Map<string, string>();
  /** ARNs by the digest of what AWS sent, for roles whose tags say that they are the operator's, and for all others. */
  readonly #own = new Map<string, string>();
  readonly #others = new Map<string, string>();
  /** By ARN, for roles that have any. */
  readonly #deciding = new Map<string, readonly string[]>();

  /** @param digest of what AWS sent
   *  @param isOwn whether its tags say that it is the operator's */
  keep(role: RoleText, digest: string, isOwn: boolean): void {
    const { arn, ...content } = role;
    const { managedPolicyArns, permissionsBoundaryArn } = content;
    const deciding = permissionsBoundaryArn === undefined ? [] : [permissionsBoundaryArn];
    this.#put({ arn, isOwn }, digest, pack(JSON.stringify(content)), [...managedPolicyArns, ...deciding]);
  }

  /** Keeps a role for which AWS sent the same as for a former snapshot: its text exists already and need not be parsed. */
  keepAgain(sent: SentRole, digest: string, before: KeptRoles): void {
    const text = before.#texts.get(sent.arn);
    if (text !== undefined) this.#put(sent, digest, text, before.decidingPolicies(sent.arn));
  }

  #put({ arn, isOwn }: SentRole, digest: string, text: string, deciding: readonly string[]): void {
    if (this.#texts.has(arn)) this.#forget(arn);
    this.#texts.set(arn, text);
    (isOwn ? this.#own : this.#others).set(digest, arn);
    if (deciding.length > 0) this.#deciding.set(arn, deciding);
  }

  /** A role that changes while its account is read may be on two pages. If both were known by what was sent, a change back to
   *  the first would be taken for the second. */
  #forget(arn: string): void {
    this.#deciding.delete(arn);
    for (const byDigest of [this.#own, this.#others])
      for (const [digest, known] of byDigest) if (known === arn) byDigest.delete(digest);
  }

  /** A text for the whole role except its ARN, to be compared and not to be read: equal roles have equal texts. */
  textOf(arn: string): string | undefined {
    return this.#texts.get(arn);
  }

  /** ARNs of the managed policies that decide what a role may do: attached ones, and its boundary. */
  decidingPolicies(arn: string): readonly string[] {
    return this.#deciding.get(arn) ?? [];
  }

  /** The role for which AWS sent the same; undefined if there is none. */
  asSent(digest: string): SentRole | undefined {
    const own = this.#own.get(digest);
    const arn = own ?? this.#others.get(digest);
    return arn === undefined ? undefined : { arn, isOwn: own !== undefined };
  }

  /** The role, parsed; undefined if it was not kept. */
  get(arn: string): ObservedRole | undefined {
    const role = this.wordsOf(arn);
    return role === undefined ? undefined : observe(role);
  }

  /** A role in the form in which AWS describes it; undefined if it was not kept. */
  wordsOf(arn: string): RoleText | undefined {
    const text = this.#texts.get(arn);
    if (text === undefined) return undefined;
    const key = `${arn} ${text}`;
    const known = LATELY.get(key);
    if (known !== undefined) return known;
    const role: RoleText = { ...JSON.parse(unpack(text)), arn };
    LATELY.set(key, role);
    return role;
  }

  has(arn: string): boolean {
    return this.#texts.has(arn);
  }

  keys(): Iterable<string> {
    return this.#texts.keys();
  }

  /** Whether a role was kept before, and had another meaning then. */
  differs(arn: string, before: KeptRoles): boolean {
    if (this.#texts.get(arn) === before.#texts.get(arn)) return false;
    const [then, now] = [before.get(arn), this.get(arn)];
    return then !== undefined && now !== undefined && !sameRole(then, now);
  }
}

/** The roles that were asked for last: a reconcile asks for each of its own several times. */
const LATELY = new RecentMap<RoleText>(50);

function observe({ trust, inlinePolicies, tags, ...role }: RoleText): ObservedRole {
  return {
    ...role,
    trust: parseObservedPolicy(trust),
    inlinePolicies: new Map(
      inlinePolicies.map(({ name, document }) => [name, parseObservedPolicy(document)]),
    ),
    tags: observedTags(tags),
  };
}
