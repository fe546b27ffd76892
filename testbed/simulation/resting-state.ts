/** What both servers hold, in a form in which two ways to the same end are equal. */
import { CROSS_ACCOUNT_LINK } from '../../src/api/crossaccountlink.ts';
import { isJsonObject, objectAt, type Json, type JsonObject } from '../../src/base/json.ts';
import { RecentMap } from '../../src/base/recent-map.ts';
import { canonicalPolicy } from '../../src/policy/canonical.ts';
import { parsePolicy } from '../../src/policy/parse.ts';
import { policyToJson } from '../../src/policy/print.ts';
import type { AwsModel, ModelRole } from './aws-model.ts';
import type { KubernetesModel } from './kubernetes-model.ts';
import { SOURCE, TARGET } from './scenery.ts';

/** Path → value. */
export type RestingState = ReadonlyMap<string, string>;

export function restingState(aws: AwsModel, kubernetes: KubernetesModel): RestingState {
  const state = new Map<string, string>();
  for (const accountId of [SOURCE, TARGET])
    for (const role of aws.roles(accountId)) noteRole(state, aws, role);
  for (const { arn, roleArn, definition } of aws.machines.values()) {
    state.set(`${arn} role`, roleArn);
    state.set(`${arn} definition`, sortedText(JSON.parse(definition)));
  }
  for (const object of kubernetes.all(CROSS_ACCOUNT_LINK)) noteLink(state, object);
  return state;
}

/** Legs that are not reached while the target role is refused. */
const NOT_REACHED: ReadonlySet<string> = new Set([
  'ExecutionRoleGrantReady',
  'StateMachineCredentialsReady',
  'Effective',
]);

/** The text that somebody sets as a description. */
const BY_HAND = 'by hand';

/** One sentence for each difference between two states.
 *  @param isExcused whether the value at a path may be anything */
export function differences(
  found: RestingState,
  wanted: RestingState,
  isExcused: (path: string) => boolean = () => false,
): readonly string[] {
  const paths = [...new Set([...found.keys(), ...wanted.keys()])].sort();
  const differing = paths.filter((path) => found.get(path) !== wanted.get(path) && !isExcused(path));
  return differing.flatMap((path) => {
    const [is, should] = [found.get(path), wanted.get(path)];
    // A snapshot of an account does not show descriptions: one that was changed by hand is found by an event or an edit.
    if (is === BY_HAND || should === BY_HAND) return [];
    // A leg that a link never reached, or no longer reaches, may be reported in several ways.
    return (is ?? 'Unknown').startsWith('Unknown') && (should ?? 'Unknown').startsWith('Unknown')
      ? []
      : [`${path} is ${is ?? 'absent'}, a fresh operator makes it ${should ?? 'absent'}`];
  });
}

function noteRole(state: Map<string, string>, aws: AwsModel, role: ModelRole): void {
  const { arn, maker, inline, attached, boundary, tags, description } = role;
  state.set(`${arn} maker`, maker);
  state.set(`${arn} trust`, policyText(withoutIds(aws.trustOf(role))));
  for (const [name, text] of inline) state.set(`${arn} policy ${name}`, policyText(text));
  state.set(`${arn} attached`, attached.toSorted().join(' '));
  if (boundary !== undefined) state.set(`${arn} boundary`, boundary);
  // What somebody added by hand beside the operator's own parts is not the operator's to remove.
  for (const [key, value] of tags) if (value !== 'theirs') state.set(`${arn} tag ${key}`, value);
  if (description !== '') state.set(`${arn} description`, description);
}

/** JSON without regard to the order of keys. */
function sortedText(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    isJsonObject(inner)
      ? Object.fromEntries(Object.entries(inner).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}

/** The ID of a deleted role differs from world to world. */
function withoutIds(trust: string): string {
  return trust.replaceAll(/AROA[A-Z0-9]+/g, 'AROADELETED');
}

/** Canonical forms of policies, by their texts, which are much the same in all histories. */
const POLICY_TEXTS = new RecentMap<string>(1_000);

function policyText(text: string): string {
  const known = POLICY_TEXTS.get(text);
  if (known !== undefined) return known;
  const canonical = JSON.stringify(policyToJson(canonicalPolicy(parsePolicy(text))));
  POLICY_TEXTS.set(text, canonical);
  return canonical;
}

function noteLink(state: Map<string, string>, object: JsonObject): void {
  const { namespace = '', name = '' } = objectAt(object, 'metadata');
  const path = `${String(namespace)}/${String(name)}`;
  const status = objectAt(object, 'status');
  const conditions = listAt(status['conditions']);
  // What was written while the link had the role stays in the inventory, and the other legs keep what was last reported.
  const isRefused = conditions.some(
    (one) => isJsonObject(one) && one['type'] === 'TargetRoleReady' && one['status'] === 'False',
  );
  for (const field of ['taskCount', 'tasks', 'executionRoleARN', 'externalID', 'inventory'])
    if (!isRefused || field !== 'inventory')
      state.set(`${path} status.${field}`, JSON.stringify(status[field]));
  for (const condition of conditions)
    if (isJsonObject(condition) && (!isRefused || !NOT_REACHED.has(String(condition['type']))))
      state.set(
        `${path} ${String(condition['type'])}`,
        `${String(condition['status'])} ${String(condition['reason'])}`,
      );
}

function listAt(value: Json | undefined): readonly Json[] {
  return Array.isArray(value) ? value : [];
}
