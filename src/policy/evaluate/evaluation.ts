/**
 * Evaluates requests with the same context. A statement's answer for an action, or for a resource, is worked out once, however
 * many pairs need it. The authors of policies and of requests decide how much there is to compare, so steps are counted.
 */
import type { Patterns, PolicyDocument, Statement } from '../document.ts';
import { ANY_RUN, glob, literal, type Tokens } from '../glob.ts';
import { compilePattern } from '../pattern.ts';
import { StepBudget } from '../steps.ts';
import type { Answer } from './answer.ts';
import { conditionsHold } from './condition.ts';
import type { RequestContext } from './context.ts';
import {
  matchPatterns,
  readPatterns,
  TOO_MANY_STEPS,
  wholeArn,
  withWholeArns,
  type Expected,
  type Reading,
} from './match.ts';

/** Steps for everything that is asked about one link, about 30 ms at worst. A role that fills IAM's quotas with the ARNs of a
 *  hundred queues, each named by a Task, takes a tenth of them. */
export const EVALUATION_STEPS = 2_000_000;

/** A statement whose actions include the request's action, or may include it. */
export interface Candidate {
  readonly statement: Statement;
  readonly version: PolicyDocument['version'];
  /** Its place in the document, from 0. */
  readonly index: number;
  readonly actionAnswer: Answer;
}

/** The cost of asking a policy, and of looking once more at one of its statements. */
const STEPS = { policy: 40, statement: 30 } as const;

const EFFECTS = ['Allow', 'Deny'] as const;

export class Evaluation {
  readonly #context: RequestContext;
  readonly #budget: StepBudget;
  readonly #candidates = new Map<PolicyDocument, Map<string, readonly Candidate[]>>();
  readonly #actions = new Map<Statement, readonly (Expected | undefined)[]>();
  readonly #resources = new Map<
    Statement,
    {
      readonly patterns: Patterns;
      readonly expected: readonly (Expected | undefined)[];
      readonly answers: Map<string, Answer>;
    }
  >();
  readonly #conditions = new Map<Statement, Answer>();
  readonly #subjects = new Map<string, Tokens>();

  /** @param budget shared by everything that is asked together; once it is exhausted, every answer is unknown */
  constructor(context: RequestContext, budget: StepBudget = new StepBudget(EVALUATION_STEPS)) {
    this.#context = context;
    this.#budget = budget;
  }

  /** The statements with this effect that are about the action, or may be. */
  candidates(document: PolicyDocument, effect: Statement['effect'], action: string): readonly Candidate[] {
    this.#budget.take(STEPS.policy);
    const key = `${effect} ${action}`;
    const known = this.#candidates.get(document) ?? new Map<string, readonly Candidate[]>();
    this.#candidates.set(document, known);
    const before = known.get(key);
    if (before !== undefined) return before;
    const { version, statements } = document;
    const found = statements.flatMap((statement, index): Candidate[] => {
      if (statement.effect !== effect) return [];
      const actionAnswer = this.#actionAnswer(statement, action);
      return actionAnswer === 'no' ? [] : [{ statement, version, index, actionAnswer }];
    });
    known.set(key, found);
    return found;
  }

  /** @param resource a pattern, which asks for everything that it matches; `*` alone is the resource of actions that take none */
  resourceAnswer({ statement, version }: Candidate, resource: string): Answer {
    const { resources } = statement;
    if (resources === undefined) return 'yes';
    if (!this.#budget.take(STEPS.statement)) return TOO_MANY_STEPS;
    const known = this.#resources.get(statement) ?? this.#readResources(resources, version);
    this.#resources.set(statement, known);
    const before = known.answers.get(resource);
    if (before !== undefined) return before;
    const { patterns, expected } = known;
    const answer = matchPatterns(patterns, expected, this.#resourceTokens(resource), this.#budget);
    known.answers.set(resource, answer);
    return answer;
  }

  /** Whether the conditions of a statement hold. They do not depend on the action and the resource, and are evaluated once. */
  conditionAnswer({ statement, version }: Candidate): Answer {
    const { conditions } = statement;
    if (conditions === undefined) return 'yes';
    if (!this.#budget.take(STEPS.statement)) return TOO_MANY_STEPS;
    const before = this.#conditions.get(statement);
    if (before !== undefined) return before;
    const answer = conditionsHold(conditions, this.#reading(version));
    this.#conditions.set(statement, answer);
    return answer;
  }

  /** A text that two actions share if these policies do not tell them apart. */
  actionKind(documents: readonly PolicyDocument[], action: string): string {
    return documents
      .map((document) =>
        this.#about([document], action)
          .map(({ index, actionAnswer }) => `${index} ${textOf(actionAnswer)}`)
          .join('\n'),
      )
      .join('\n\n');
  }

  /** A text that two resources share if nothing that these policies say about the action tells them apart. */
  resourceKind(documents: readonly PolicyDocument[], action: string, resource: string): string {
    return this.#about(documents, action)
      .map((candidate) => textOf(this.resourceAnswer(candidate, resource)))
      .join('\n');
  }

  /** All statements about an action. */
  #about(documents: readonly PolicyDocument[], action: string): readonly Candidate[] {
    const found = documents.flatMap((document) =>
      EFFECTS.flatMap((effect) => this.candidates(document, effect, action)),
    );
    return this.#budget.take(found.length * STEPS.statement) ? found : [];
  }

  /** Action names ignore case, and contain no variables:
   *  https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html */
  #readActions({ negated, values }: Patterns): readonly (Expected | undefined)[] {
    const lowered = { negated, values: values.map((value) => value.toLowerCase()) };
    return readPatterns(lowered, this.#reading('2008-10-17'));
  }

  #readResources(resources: Patterns, version: PolicyDocument['version']) {
    const patterns = withWholeArns(resources);
    const expected = readPatterns(patterns, this.#reading(version));
    return { patterns, expected, answers: new Map<string, Answer>() };
  }

  #actionAnswer(statement: Statement, action: string): Answer {
    if (!this.#budget.take(STEPS.statement)) return TOO_MANY_STEPS;
    const { actions } = statement;
    const expected = this.#actions.get(statement) ?? this.#readActions(actions);
    this.#actions.set(statement, expected);
    return matchPatterns(actions, expected, this.#subject(action.toLowerCase(), glob), this.#budget);
  }

  #reading(version: PolicyDocument['version']): Reading {
    return { context: this.#context, version, budget: this.#budget };
  }

  /** A variable in what is asked for may have any value. */
  #resourceTokens(resource: string): Tokens {
    if (resource === '*') return literal(resource);
    return this.#subject(resource, (text) => compilePattern(wholeArn(text), () => [ANY_RUN]) ?? [ANY_RUN]);
  }

  /** Actions and resources never have the same text: an ARN has five colons. */
  #subject(text: string, read: (text: string) => Tokens): Tokens {
    const known = this.#subjects.get(text);
    if (known !== undefined) return known;
    this.#budget.take(text.length);
    const tokens = read(text);
    this.#subjects.set(text, tokens);
    return tokens;
  }
}

function textOf(answer: Answer): string {
  return typeof answer === 'string' ? answer : answer.unknown;
}
