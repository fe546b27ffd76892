/**
 * Which of some permissions no entry allows, by meaning: for each action on each resource, one entry has to cover both. The
 * authors of the statements and of the rules decide how much there is to compare, so the steps are counted.
 */
import { universalPrincipal } from '../arn/partitions.ts';
import type { Statement } from '../policy/document.ts';
import { actionPattern, matchesPattern, Pattern } from '../policy/pattern.ts';
import { StepBudget } from '../policy/steps.ts';
import type { TargetAccess } from './rules.ts';

/** One thing the statements ask for that no entry allows. */
interface PermissionDenial {
  readonly action: string;
  readonly resource: string;
}

/** Steps of one check, which take at most about 30 ms. A policy that fills IAM's quota with a hundred ARNs, checked against 4,000
 *  patterns of an AWSAccount that all do not match, needs nearly all of them. */
export const PERMISSION_STEPS = 2_000_000;

/** How many denials are listed. */
const MOST_DENIALS = 1_000;

/** What no entry allows of these statements. `iam:PassRole` is only looked for in `passRoles`, whatever `allowedActions` says.
 *  @param takesNoResource whether IAM knows an action only with `Resource: "*"`; then the action alone decides
 *  @param budget once it is used up (`exhausted`), what was not compared counts as denied */
export function permissionDenials(
  targets: readonly TargetAccess[],
  statements: readonly Statement[],
  takesNoResource: (action: string) => boolean,
  budget: StepBudget = new StepBudget(PERMISSION_STEPS),
): readonly PermissionDenial[] {
  const check = new Check(targets, takesNoResource, budget);
  const denials: PermissionDenial[] = [];
  for (const statement of statements) {
    if (statement.effect !== 'Allow') continue;
    for (const denial of check.denialsOf(statement)) {
      denials.push(denial);
      if (denials.length === MOST_DENIALS) return denials;
    }
  }
  return denials;
}

/** The statements that the entries allow completely. What the budget does not reach is left out. */
export function withinRules(
  targets: readonly TargetAccess[],
  statements: readonly Statement[],
  takesNoResource: (action: string) => boolean,
  budget: StepBudget = new StepBudget(PERMISSION_STEPS),
): readonly Statement[] {
  const check = new Check(targets, takesNoResource, budget);
  return statements.filter((statement) => {
    for (const _ of check.denialsOf(statement)) return false;
    return true;
  });
}

/** The entries that allow something, one bit for each; the first entry is the lowest bit. */
type EntrySet = bigint;

/** One check: each action and each resource is compared with the rules once, in however many pairs it occurs. */
class Check {
  readonly #rules: readonly CompiledAccess[];
  readonly #takesNoResource: (action: string) => boolean;
  readonly #budget: StepBudget;
  readonly #actions = new Map<string, EntrySet>();
  readonly #resources = new Map<string, EntrySet>();

  constructor(
    targets: readonly TargetAccess[],
    takesNoResource: (action: string) => boolean,
    budget: StepBudget,
  ) {
    this.#rules = targets.map(compiled);
    this.#takesNoResource = takesNoResource;
    this.#budget = budget;
  }

  *denialsOf(statement: Statement): Iterable<PermissionDenial> {
    const { actions, resources } = statement;
    if (actions.negated) return yield { action: 'NotAction', resource: '*' };
    if (resources?.negated === true)
      return yield { action: actions.values.join(', '), resource: 'NotResource' };
    const asked = resources?.values ?? ['*'];
    for (const action of actions.values) {
      const denied = coversPassRole(action)
        ? this.#passRoleDenials(action, asked, statement)
        : this.#denials(action, asked);
      for (const resource of denied) yield { action, resource };
    }
  }

  *#denials(action: string, resources: readonly string[]): Iterable<string> {
    const byAction = this.#entriesForAction(action);
    if (byAction !== 0n && this.#takesNoResource(action)) return;
    for (const resource of resources) {
      if (byAction === 0n || (byAction & this.#entriesForResource(resource)) === 0n) yield resource;
    }
  }

  *#passRoleDenials(action: string, resources: readonly string[], statement: Statement): Iterable<string> {
    const services = action.toLowerCase() === 'iam:passrole' ? passedToServices(statement) : [];
    for (const resource of resources) {
      if (services.length === 0 || !this.#rules.some((rules) => this.#mayPass(rules, resource, services)))
        yield resource;
    }
  }

  #mayPass({ passRoles }: CompiledAccess, resource: string, services: readonly string[]): boolean {
    const role = new Pattern(resource);
    const rules = passRoles.filter(({ arn }) => role.isWithin(arn, this.#budget));
    if (!this.#budget.take(rules.length * services.length)) return false;
    return services.every((service) => rules.some((rule) => rule.services.has(universalPrincipal(service))));
  }

  #entriesForAction(action: string): EntrySet {
    const pattern = actionPattern(action);
    return this.#entries(this.#actions, pattern, ({ actions }) => actions);
  }

  #entriesForResource(resource: string): EntrySet {
    return this.#entries(this.#resources, new Pattern(resource), ({ resources }) => resources);
  }

  #entries(
    known: Map<string, EntrySet>,
    asked: Pattern,
    allowed: (rules: CompiledAccess) => readonly Pattern[],
  ): EntrySet {
    const before = known.get(asked.text);
    if (before !== undefined) return before;
    let entries = 0n;
    for (const [place, rules] of this.#rules.entries()) {
      if (allowed(rules).some((pattern) => asked.isWithin(pattern, this.#budget)))
        entries |= 1n << BigInt(place);
    }
    known.set(asked.text, entries);
    return entries;
  }
}

/** An entry with its patterns parsed. */
interface CompiledAccess {
  readonly actions: readonly Pattern[];
  readonly resources: readonly Pattern[];
  readonly passRoles: readonly { readonly arn: Pattern; readonly services: ReadonlySet<string> }[];
}

/** Rules stay the same objects until their AWSAccount changes, and every link asks. */
const COMPILED = new WeakMap<TargetAccess, CompiledAccess>();

function compiled(access: TargetAccess): CompiledAccess {
  const known = COMPILED.get(access);
  if (known !== undefined) return known;
  const made: CompiledAccess = {
    actions: access.allowedActions.map(actionPattern),
    resources: access.allowedResources.map((text) => new Pattern(text)),
    passRoles: access.passRoles.map(({ arn, services }) => ({
      arn: new Pattern(arn),
      services: new Set(services.map(universalPrincipal)),
    })),
  };
  COMPILED.set(access, made);
  return made;
}

/** An action pattern such as `iam:*` includes PassRole, so it counts as PassRole. */
function coversPassRole(action: string): boolean {
  return matchesPattern(action.toLowerCase(), 'iam:passrole');
}

/** The services to which a PassRole statement is bound; none unless `StringEquals` names them, because nothing else binds.
 *  Operators and keys are not case-sensitive, and may occur in several spellings: whichever counts, it binds to one of these
 *  services. */
function passedToServices({ conditions = {} }: Statement): readonly string[] {
  return Object.entries(conditions)
    .filter(([operator]) => operator.toLowerCase() === 'stringequals')
    .flatMap(([, keys]) => Object.entries(keys))
    .flatMap(([key, values]) => (key.toLowerCase() === 'iam:passedtoservice' ? values : []));
}
