/** Names of links as people type them. */
import { CROSS_ACCOUNT_LINK } from '../../api/crossaccountlink.ts';
import { GROUP, VERSION } from '../../api/metadata.ts';

export interface LinkRef {
  readonly namespace: string;
  readonly name: string;
}

/** A link as it was named, with what else the name might have meant. */
export interface NamedLink extends LinkRef {
  /** Set if the part before the slash was taken for the kind, and could be a namespace. */
  readonly kindTaken?: string;
}

/** What kubectl accepts as the kind, in any case. */
const KINDS: ReadonlySet<string> = new Set(
  ['crossaccountlink', 'crossaccountlinks'].flatMap((kind) => [
    kind,
    `${kind}.${GROUP}`,
    `${kind}.${VERSION}.${GROUP}`,
  ]),
);
const SHORT_KINDS: ReadonlySet<string> = new Set(['xal', 'calink']);
const OTHER_KINDS: ReadonlySet<string> = new Set(
  ['awsaccount', 'awsaccounts'].flatMap((kind) => [kind, `${kind}.${GROUP}`]),
);

/** https://kubernetes.io/docs/concepts/overview/working-with-objects/names/#dns-subdomain-names */
const OBJECT_NAME = /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*$/;

/** Parses `NAME`, `xal/NAME`, `crossaccountlinks.crossaccountlink.dev/NAME`, `NAMESPACE/NAME`, or kind, namespace and name.
 *  @param given the namespace of `-n`, if there is one; a name with another one is refused
 *  @param fallback the namespace if neither names one
 *  @throws Error for people */
export function parseLinkName(text: string, given: string | undefined, fallback: string): NamedLink {
  const parts = text.split('/');
  const [kind, ...rest] = parts.length > 1 && isKind(parts[0]) ? parts : [undefined, ...parts];
  const [namespace, name] = rest.length === 1 ? [undefined, rest[0]] : rest;
  if (kind === undefined && namespace !== undefined && OTHER_KINDS.has(namespace.toLowerCase()))
    throw new Error(`"${text}" is an AWSAccount: this verb takes names of CrossAccountLinks`);
  if (rest.length > 2 || name === undefined || !isObjectName(name))
    throw new Error(`"${text}" is not a valid link name: write NAME, xal/NAME or NAMESPACE/NAME`);
  if (namespace !== undefined && !isObjectName(namespace))
    throw new Error(`"${text}" names no namespace: write NAME, xal/NAME or NAMESPACE/NAME`);
  if (namespace !== undefined && given !== undefined && namespace !== given)
    throw new Error(`"${text}" says namespace ${namespace}, and --namespace says ${given}: leave one out`);
  return {
    namespace: namespace ?? given ?? fallback,
    name,
    ...(kind !== undefined && namespace === undefined && { kindTaken: kind }),
  };
}

function isKind(text: string | undefined): boolean {
  const kind = text?.toLowerCase() ?? '';
  return KINDS.has(kind) || SHORT_KINDS.has(kind);
}

/** The names without a kind before them, as in `kubectl get xal NAME`. A link of that name can still be given alone. */
export function withoutKind(names: readonly string[]): readonly string[] {
  return names.length > 1 && isKind(names[0]) ? names.slice(1) : names;
}

/** Whether Kubernetes accepts the text as the name of an object of ours. */
export function isObjectName(text: string): boolean {
  return text.length <= 253 && OBJECT_NAME.test(text);
}

/** What to say when there is no such link. */
export function noSuchLink({ namespace, name, kindTaken }: NamedLink, hint = ''): Error {
  const aside =
    kindTaken === undefined
      ? ''
      : ` ("${kindTaken}/" was read as the kind; a namespace of that name is meant by -n ${kindTaken})`;
  return new Error(`there is no ${CROSS_ACCOUNT_LINK.kind} ${namespace}/${name}${aside}${hint}`);
}
