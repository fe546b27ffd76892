/** The roles of a snapshot as packed texts, in a tenth of the memory: they are parsed when somebody looks at one. */
import { RecentMap } from '../../base/recent-map.ts';
import type { ObservedRole } from '../../observed/objects.ts';
import { sameRole } from '../../observed/same-role.ts';
import type { RoleSnapshots } from '../../observed/snapshot.ts';
import { observedTags } from '../../observed/tags.ts';
import { parseObservedPolicy } from '../../policy/parse.ts';
import { pack, unpack } from './packed-text.ts';

/** A role as AWS words it. */
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

export class KeptRoles implements RoleSnapshots {
  /** By ARN, without it, in JSON, packed. */
  readonly #texts = new Map<string, string>();
  /** ARNs, by the digest of what AWS sent. */
  readonly #byDigest = new Map<string, string>();
  /** By ARN, of roles that have any. */
  readonly #deciding = new Map<string, readonly string[]>();

  /** @param digest of what AWS sent
   *  @param before a former snapshot: of a role that was sent as for it, the text is there already */
  keep(role: RoleText, digest: string, before: KeptRoles = NONE): void {
    const { arn, ...content } = role;
    const { managedPolicyArns, permissionsBoundaryArn } = content;
    const then = before.#byDigest.get(digest) === arn ? before.#texts.get(arn) : undefined;
    this.#texts.set(arn, then ?? pack(JSON.stringify(content)));
    this.#byDigest.set(digest, arn);
    const deciding = permissionsBoundaryArn === undefined ? [] : [permissionsBoundaryArn];
    if (managedPolicyArns.length + deciding.length > 0)
      this.#deciding.set(arn, [...managedPolicyArns, ...deciding]);
  }

  /** A text for all of a role but its ARN: the same for the same role, and for no other. It is not to be read. */
  textOf(arn: string): string | undefined {
    return this.#texts.get(arn);
  }

  /** ARNs of the managed policies that decide what a role may do: attached ones, and its boundary. */
  decidingPolicies(arn: string): readonly string[] {
    return this.#deciding.get(arn) ?? [];
  }

  /** The role of which AWS sent the same; undefined when there is none. */
  asSent(digest: string): RoleText | undefined {
    const arn = this.#byDigest.get(digest);
    return arn === undefined ? undefined : this.#read(arn);
  }

  get(arn: string): ObservedRole | undefined {
    const role = this.#read(arn);
    return role === undefined ? undefined : observe(role);
  }

  #read(arn: string): RoleText | undefined {
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

  /** Whether a role was kept before, and meant something else then. */
  differs(arn: string, before: KeptRoles): boolean {
    if (this.#texts.get(arn) === before.#texts.get(arn)) return false;
    const [then, now] = [before.get(arn), this.get(arn)];
    return then !== undefined && now !== undefined && !sameRole(then, now);
  }
}

/** Roles that were looked at last: a reconcile looks at each of its own several times. */
const LATELY = new RecentMap<RoleText>(50);

const NONE = new KeptRoles();

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
