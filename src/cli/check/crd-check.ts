/** Compares the CRDs in the cluster with those that this client knows. */
import { structures } from '../../api/generated.ts';
import { VERSION as API_VERSION } from '../../api/metadata.ts';
import type { Schema } from '../../api/structure.ts';
import { firstFew } from '../../base/first-few.ts';
import { isJsonObject, objectAt, stringAt, type JsonObject } from '../../base/json.ts';
import { INSTALL, type PartCheck } from './part-check.ts';
import type { CrdFact } from './installation-facts.ts';

/** Are the CRDs there, served, and with the fields that this client knows? */
export function checkCrds(crds: readonly CrdFact[]): PartCheck {
  const subject = 'CRDs';
  const absent = crds.filter((crd) => crd.absent).map(({ kind }) => kind);
  if (absent.length > 0) {
    const remedy =
      absent.length === crds.length ? INSTALL : 'Apply both CRDs again: kubectl apply --server-side -f crds/';
    return { subject, state: 'failure', message: `${absent.join(' and ')} not installed`, remedy };
  }
  const seen = crds.flatMap(({ kind, object }) => (object === undefined ? [] : [{ kind, object }]));
  if (seen.length === 0) return { subject, state: 'unseen', message: 'installed; you may not read them' };
  for (const { kind, object } of seen) {
    const problem = crdProblem(kind, object);
    if (problem !== undefined) return { subject, ...problem };
  }
  return {
    subject,
    state: 'ok',
    message: `${seen.map(({ kind }) => kind).join(' and ')} serve ${API_VERSION}, with every field that this client knows`,
  };
}

function crdProblem(kind: string, crd: JsonObject): Omit<PartCheck, 'subject'> | undefined {
  if (objectAt(crd, 'metadata')['deletionTimestamp'] !== undefined)
    return {
      state: 'failure',
      message: `${kind} is being deleted, and with it every object of the kind, which waits for the operator’s finalizer`,
      remedy:
        'This cannot be undone. Keep the operator running until all are gone, then install the CRDs again and apply your manifests. To keep what stands in AWS, set deletionPolicy: Retain on the links first.',
    };
  const versions = objectAt(crd, 'spec')['versions'];
  const served = (Array.isArray(versions) ? versions.filter(isJsonObject) : []).find(
    (version) => version['name'] === API_VERSION && version['served'] === true,
  );
  const upgrade = 'Apply the CRDs of the operator’s version: kubectl apply --server-side -f crds/';
  if (served === undefined)
    return { state: 'failure', message: `${kind} does not serve ${API_VERSION}`, remedy: upgrade };
  const established = conditionsOf(crd).find(({ type }) => type === 'Established');
  if (established?.['status'] !== 'True') {
    const why = stringAt(established ?? {}, 'message') ?? 'it was created only just now';
    return { state: 'failure', message: `${kind} is not established: ${why}`, remedy: upgrade };
  }
  const schema = objectAt(objectAt(served, 'schema'), 'openAPIV3Schema');
  const { missing, unknown } = schemaDifference(kind, schema);
  if (missing.length > 0) {
    const message = `${kind} lacks ${firstFew(missing, NAMED)}, which this client knows: the CRD is older`;
    // An operator of this version cannot write a status with such a field, and the link stays as it is.
    const isWritten = missing.some((path) => path.startsWith('status.'));
    return { state: isWritten ? 'failure' : 'attention', message, remedy: upgrade };
  }
  if (unknown.length > 0) {
    const message = `${kind} has ${firstFew(unknown, NAMED)}, which this client does not know: the CRD is newer`;
    return { state: 'attention', message, remedy: 'Install the plugin of the operator’s version.' };
  }
  return undefined;
}

/** Fields that only this client has, or only the schema in the cluster. */
export function schemaDifference(
  kind: string,
  schema: JsonObject,
): { readonly missing: readonly string[]; readonly unknown: readonly string[] } {
  const missing: string[] = [];
  const unknown: string[] = [];
  const compare = (known: Schema | undefined, served: JsonObject, path: string): void => {
    const ours = known?.type === 'object' ? (known.properties ?? {}) : {};
    const theirs = objectAt(served, 'properties');
    for (const [name, field] of Object.entries(ours)) {
      if (isJsonObject(theirs[name])) compare(field, theirs[name], `${path}.${name}`);
      else missing.push(`${path}.${name}`);
    }
    for (const name of Object.keys(theirs)) if (!Object.hasOwn(ours, name)) unknown.push(`${path}.${name}`);
    if (known?.type === 'array') compare(known.items, objectAt(served, 'items'), `${path}[]`);
  };
  for (const part of ['spec', 'status'] as const) {
    const name = `${kind}${part === 'spec' ? 'Spec' : 'Status'}`;
    const known = Object.entries(structures).find(([type]) => type === name)?.[1];
    compare(known, objectAt(objectAt(schema, 'properties'), part), part);
  }
  return { missing, unknown };
}

/** How many fields a sentence names. */
const NAMED = 3;

function conditionsOf(object: JsonObject): readonly JsonObject[] {
  const { conditions } = objectAt(object, 'status');
  return Array.isArray(conditions) ? conditions.filter(isJsonObject) : [];
}
