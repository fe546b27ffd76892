/** Links from manifests, as the cluster would hold them once they are applied. */
import { CROSS_ACCOUNT_LINK } from '../api/crossaccountlink.ts';
import { API_VERSION } from '../api/metadata.ts';
import { isJsonObject } from '../base/json.ts';
import { parseLinkObject, type LinkObject } from '../controllers/state/link-object.ts';
import { byAge } from '../desired/link.ts';
import { parseYaml } from './yaml.ts';

/** Around the manifests. */
export interface Applying {
  /** For manifests that name no namespace. */
  readonly namespace: string;
  /** Links that stand; one of them that is applied again keeps its identity, so that its age counts. */
  readonly contributor: readonly LinkObject[];
  /** RFC 3339. */
  readonly now: string;
}

/**
 * Reads the CrossAccountLinks of a YAML or JSON text, lists included, and leaves other kinds out.
 * Throws an error for people where the text, or a link in it, does not read.
 */
export function readManifests(text: string, applying: Applying): readonly LinkObject[] {
  const links = parseYaml(text)
    .flatMap(unlisted)
    .filter((manifest) => manifest['kind'] === CROSS_ACCOUNT_LINK.kind);
  if (links.length === 0) throw new Error('there is no CrossAccountLink in it');
  return links.map((manifest) => apply(manifest, applying)).toSorted((a, b) => byAge(a.link, b.link));
}

type Manifest = Readonly<Record<string, unknown>>;

function unlisted(document: unknown): readonly Manifest[] {
  if (!isJsonObject(document)) return [];
  const { items } = document;
  return Array.isArray(items) ? items.filter(isJsonObject) : [document];
}

function apply(
  { apiVersion, metadata, spec }: Manifest,
  { namespace, contributor, now }: Applying,
): LinkObject {
  if (apiVersion !== API_VERSION)
    throw new Error(`apiVersion ${String(apiVersion)}: only ${API_VERSION} is known`);
  const written = isJsonObject(metadata) ? metadata : {};
  const identity = { namespace, ...written };
  const key = `${String(identity.namespace)}/${String(written['name'])}`;
  const known = contributor.find(({ link }) => link.key === key);
  const link = parseLinkObject({
    spec,
    status: known?.status ?? {},
    metadata: {
      uid: `new:${key}`,
      resourceVersion: '0',
      generation: 1,
      creationTimestamp: now,
      ...known?.metadata,
      ...identity,
    },
  });
  if (known !== undefined) refuseMove(known, link);
  return link;
}

/** As the API server would. */
function refuseMove(known: LinkObject, { link }: LinkObject): void {
  const moved =
    link.stateMachine.text !== known.link.stateMachine.text ||
    link.targetRole.text !== known.link.targetRole.text;
  if (moved) {
    throw new Error(
      `${link.key}: spec.stateMachineARN and spec.targetRole.arn cannot be changed: make another link instead`,
    );
  }
}
