/** The true state, for the laws: which links exist, and whether the access that they promise works. */
import { entriesFor } from '../../src/access/namespaces.ts';
import { accountRules } from '../../src/access/rules.ts';
import { AWS_ACCOUNT, parseAWSAccount } from '../../src/api/awsaccount.ts';
import { CROSS_ACCOUNT_LINK } from '../../src/api/crossaccountlink.ts';
import { parseRoleArn, type RoleArn } from '../../src/arn/arn.ts';
import { takesNoResource } from '../../src/asl/derive/action-scope.ts';
import { parseDefinition, type Definition as ParsedDefinition } from '../../src/asl/definition/definition.ts';
import { objectAt, type JsonObject } from '../../src/base/json.ts';
import { inCharge } from '../../src/controllers/account/in-charge.ts';
import { parseLinkObject, type LinkObject } from '../../src/controllers/state/link-object.ts';
import type { Link } from '../../src/desired/link.ts';
import { refuseUnread, type AccessContext, type Refusal } from '../../src/desired/refusals.ts';
import { requirementsOf, type LinkRequirements } from '../../src/desired/requirements.ts';
import type { ObservedRole } from '../../src/observed/objects.ts';
import { parseObservedPolicy } from '../../src/policy/parse.ts';
import { decidingPolicies, effectiveOutcome } from '../../src/report/effective-access.ts';
import type { AwsModel, ModelRole } from './aws-model.ts';
import { numberOfLink, numberOfRole, numberOfText } from './content-numbers.ts';
import type { KubernetesModel, Restored } from './kubernetes-model.ts';
import type { Definition } from './machine-runs.ts';
import { NAMESPACE, NAMESPACES } from './scenery.ts';
import { parseMetadata } from '../../src/kubernetes/metadata.ts';

/** The text of every managed policy in the model: each of them allows everything. */
const ANY = parseObservedPolicy(
  '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}',
);

interface KnownRequirements {
  readonly context: AccessContext;
  readonly text: string;
  readonly role: string;
  readonly requirements: LinkRequirements | Refusal;
}

/** Whether an access works, and what this depends on besides the link's spec: records that are never changed. */
interface Verdict {
  readonly on: readonly unknown[];
  readonly problem: string | undefined;
}

export class Truth {
  readonly #aws: AwsModel;
  readonly #kubernetes: KubernetesModel;
  readonly #parsed = new WeakMap<JsonObject, LinkObject>();
  /** By UID. */
  readonly #seen = new Map<string, LinkObject>();
  readonly #contexts = new Map<string, AccessContext>();
  /** By UID and generation, like the verdicts: a status does not change what a link needs. */
  readonly #requirements = new Map<string, KnownRequirements>();
  readonly #verdicts = new Map<string, Verdict>();
  /** Replaced whenever an account changes. */
  #accounts: readonly JsonObject[] = [];
  /** Number of the rules of all accounts. */
  #rules: number | undefined;

  constructor(aws: AwsModel, kubernetes: KubernetesModel) {
    this.#aws = aws;
    this.#kubernetes = kubernetes;
    kubernetes.onChange(({ plural }, before, after) => {
      const isAccounts = plural === AWS_ACCOUNT.plural && !saysTheSame(before, after);
      if (isAccounts || plural === NAMESPACE.plural) this.#accountsChanged();
    });
    kubernetes.onRestore((changes) => this.#restored(changes));
    this.#accountsChanged();
  }

  /** After a restore, the same generation may belong to another spec. */
  #restored(changes: readonly Restored[]): void {
    this.#requirements.clear();
    this.#verdicts.clear();
    this.#accountsChanged();
    for (const { resource, after } of changes)
      if (resource.plural === CROSS_ACCOUNT_LINK.plural && after !== undefined) this.#see(this.parse(after));
  }

  #see(link: LinkObject): void {
    this.#seen.set(link.metadata.uid, link);
  }

  #accountsChanged(): void {
    this.#accounts = this.#kubernetes.all(AWS_ACCOUNT);
    this.#contexts.clear();
    this.#rules = undefined;
  }

  links(): readonly LinkObject[] {
    return this.#kubernetes.all(CROSS_ACCOUNT_LINK).map((object) => this.parse(object));
  }

  /** Links that no longer exist, as they last were. */
  gone(): readonly LinkObject[] {
    const living = new Set(this.links().map(({ metadata }) => metadata.uid));
    return [...this.#seen.values()].filter(({ metadata }) => !living.has(metadata.uid));
  }

  parse(object: JsonObject): LinkObject {
    const known = this.#parsed.get(object);
    if (known !== undefined) return known;
    const parsed = parseLinkObject(object);
    this.#parsed.set(object, parsed);
    this.#see(parsed);
    return parsed;
  }

  /** Why the access that a link's spec asks for does not work at present; undefined if it works. */
  problem(object: LinkObject): string | undefined {
    const { link } = object;
    const machine = this.#aws.machines.get(link.stateMachine.text);
    if (machine === undefined) return 'there is no state machine';
    const roles = [machine.roleArn, link.targetRole.text].map((arn) => this.#aws.role(arn));
    const trusts = roles.map((role) => role && this.#aws.trustOf(role));
    const on = [this.#accounts, machine.definition, ...roles, ...trusts];
    const key = keyOf(link, object.metadata.generation);
    const known = this.#verdicts.get(key);
    if (known?.on.every((part, index) => part === on[index]) === true) return known.problem;
    const problem = this.#examine(object, machine.definition, machine.roleArn);
    this.#verdicts.set(key, { on, problem });
    return problem;
  }

  /** Why a definition that still runs could not make its calls with the link's role; undefined if it could. */
  problemInUse(object: LinkObject, { definition, roleArn }: Definition): string | undefined {
    return this.#examine(object, definition, roleArn);
  }

  /** What a link needs of its state machine as it is now; undefined if there is none. */
  requirements({ link, metadata }: LinkObject): LinkRequirements | Refusal | undefined {
    const machine = this.#aws.machines.get(link.stateMachine.text);
    const executionRole = machine && parseRoleArn(machine.roleArn);
    if (machine === undefined || executionRole === undefined) return undefined;
    const key = keyOf(link, metadata.generation);
    return this.#requirementsOf(key, link, this.contextOf(link), machine.definition, executionRole);
  }

  /** What was found in one history holds in all of them: it follows from the contents alone. */
  #examine(object: LinkObject, text: string, executionRoleArn: string): string | undefined {
    const { link } = object;
    const roles = [executionRoleArn, link.targetRole.text].map((arn) => {
      const role = this.#aws.role(arn);
      return role === undefined ? `no ${arn}` : numberOfRole(role, this.#aws.trustOf(role));
    });
    const key = [this.#rulesOf(), numberOfLink(link), numberOfText(text), ...roles].join(' ');
    const known = EXAMINED.get(key);
    if (known !== undefined) return known.problem;
    const problem = this.#examineAnew(object, text, executionRoleArn);
    if (EXAMINED.size >= MOST_EXAMINED) EXAMINED.clear();
    EXAMINED.set(key, { problem });
    return problem;
  }

  #examineAnew({ link, metadata }: LinkObject, text: string, executionRoleArn: string): string | undefined {
    const context = this.contextOf(link);
    const refusal = refuseUnread(link, context);
    if (refusal !== undefined) return refusal.message;
    const executionRole = parseRoleArn(executionRoleArn);
    if (executionRole === undefined) return 'there is no execution role';
    const definition = definitionOf(text);
    const key = keyOf(link, metadata.generation);
    const requirements = this.#requirementsOf(key, link, context, text, executionRole);
    if (requirements.kind === 'refused') return requirements.message;
    if (requirements.tasks.length === 0) return 'no Task uses the role';
    for (const { name, credentials } of definition.tasks) {
      const isOurs = credentials.kind === 'static' && credentials.roleArn === link.targetRole.text;
      if (requirements.tasks.includes(name) && !isOurs) return `Task ${name} does not name the role`;
    }
    const [execution, target] = [executionRoleArn, link.targetRole.text].map((arn) => {
      const role = this.#aws.role(arn);
      return role === undefined ? undefined : observe(this.#aws, role);
    });
    const attached = decidingPolicies([execution, target]);
    const managed = new Map(attached.map((arn) => [arn, { name: arn, policy: ANY }]));
    // Only what the link asks for is judged. Of calls that it leaves to others (derive: false), the condition Effective alone
    // speaks.
    const outcome = effectiveOutcome(
      link,
      { permissions: requirements.permissions },
      {
        executionRole: execution,
        targetRole: target,
        managed,
      },
    );
    return outcome.kind === 'effective' ? undefined : outcome.message;
  }

  /** Worked out once for a link, as long as neither the definition nor the rules change. Roles change more often. */
  #requirementsOf(
    key: string,
    link: Link,
    context: AccessContext,
    text: string,
    executionRole: RoleArn,
  ): LinkRequirements | Refusal {
    const known = this.#requirements.get(key);
    if (known?.context === context && known.text === text && known.role === executionRole.text)
      return known.requirements;
    const machine = {
      arn: link.stateMachine.text,
      type: 'STANDARD',
      executionRoleArn: executionRole.text,
      definition: text,
      creationDate: '',
    } as const;
    const view = { machine, definition: definitionOf(text), executionRole, recent: [] };
    const inAnyWorld = `${numberOfText(text)} ${this.#rulesOf()} ${numberOfLink(link)} ${executionRole.text}`;
    const requirements =
      WORKED_OUT.get(inAnyWorld) ??
      requirementsOf({ link, view, context, onRecord: { tasks: [], inOrder: false } });
    if (WORKED_OUT.size > MOST_WORKED_OUT) WORKED_OUT.clear();
    WORKED_OUT.set(inAnyWorld, requirements);
    this.#requirements.set(key, { context, text, role: executionRole.text, requirements });
    return requirements;
  }

  #rulesOf(): number {
    this.#rules ??= numberOfText(
      JSON.stringify([this.#accounts.map(rulesIn), NAMESPACES.map((name) => this.#labelsOf(name))]),
    );
    return this.#rules;
  }

  #labelsOf(name: string): Readonly<Record<string, string>> {
    const namespace = this.#kubernetes.find(NAMESPACE, { name });
    return namespace === undefined ? {} : parseMetadata(namespace).labels;
  }

  /** The rules that apply to a link. */
  contextOf({ namespace, ...link }: Link): AccessContext {
    const [source, target] = [link.stateMachine.accountId, link.targetRole.accountId];
    const key = `${namespace} ${source} ${target}`;
    const known = this.#contexts.get(key);
    if (known !== undefined) return known;
    const sideOf = (accountId: string) => {
      const theirs = this.#accounts
        .map(parseAWSAccount)
        .filter(({ spec: { accountID } }) => accountID === accountId);
      const spec = inCharge(theirs)?.spec;
      const rules = accountRules('account', spec ?? { accountID: accountId, partition: 'aws' });
      return { rules, entries: entriesFor(rules, { name: namespace, labels: this.#labelsOf(namespace) }) };
    };
    const context = { source: sideOf(source), target: sideOf(target), operatorRoleArns: [], takesNoResource };
    this.#contexts.set(key, context);
    return context;
  }
}

/** What a link needs depends on texts alone, which are much the same in all histories. */
const WORKED_OUT = new Map<string, LinkRequirements | Refusal>();
const MOST_WORKED_OUT = 10_000;

/** Whether an access works, by the numbers of everything that decides it. */
const EXAMINED = new Map<string, Pick<Verdict, 'problem'>>();
const MOST_EXAMINED = 50_000;

/** Whether an object changed only in its status, or in the operator's part of its metadata. */
function saysTheSame(before: JsonObject | undefined, after: JsonObject | undefined): boolean {
  if (before === undefined || after === undefined) return false;
  const [was, is] = [before, after].map((object) => objectAt(object, 'metadata')['deletionTimestamp']);
  return before['spec'] === after['spec'] && was === is;
}

/** What an AWSAccount says about links. Its status is not part of it. */
function rulesIn(account: JsonObject): JsonObject {
  const { name = '', creationTimestamp = '', deletionTimestamp = '' } = objectAt(account, 'metadata');
  return { name, creationTimestamp, deletionTimestamp, spec: objectAt(account, 'spec') };
}

const DEFINITIONS = new Map<string, ParsedDefinition>();

function definitionOf(text: string): ParsedDefinition {
  const known = DEFINITIONS.get(text);
  if (known !== undefined) return known;
  const definition = parseDefinition(text);
  if (DEFINITIONS.size > 500) DEFINITIONS.clear();
  DEFINITIONS.set(text, definition);
  return definition;
}

function keyOf({ uid }: Link, generation: number | undefined): string {
  return `${uid} ${generation}`;
}

/** Roles as the operator would read them, by number. */
const OBSERVED = new Map<number, ObservedRole>();
const MOST_OBSERVED = 5_000;

/** A role as the operator would read it now, except that its ID is the same in all histories. */
function observe(aws: AwsModel, role: ModelRole): ObservedRole {
  const trust = aws.trustOf(role);
  const number = numberOfRole(role, trust);
  const known = OBSERVED.get(number);
  if (known !== undefined) return known;
  const observed = {
    arn: role.arn,
    roleId: role.roleId,
    trust: parseObservedPolicy(trust),
    inlinePolicies: new Map([...role.inline].map(([name, text]) => [name, parseObservedPolicy(text)])),
    managedPolicyArns: role.attached,
    ...(role.boundary !== undefined && { permissionsBoundaryArn: role.boundary }),
    tags: role.tags,
    instanceProfiles: [],
  };
  if (OBSERVED.size >= MOST_OBSERVED) OBSERVED.clear();
  OBSERVED.set(number, observed);
  return observed;
}
