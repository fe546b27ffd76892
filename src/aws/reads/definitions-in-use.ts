/**
 * Definitions that are still in use although they are no longer the newest: those of running executions, and those of
 * versions that an alias routes to. Each has its own execution role. Read only when something is about to shrink.
 * https://docs.aws.amazon.com/step-functions/latest/dg/concepts-cd-aliasing-versioning.html
 */
import {
  DescribeStateMachineAliasCommand,
  DescribeStateMachineForExecutionCommand,
  ListExecutionsCommand,
  ListStateMachineAliasesCommand,
  type ExecutionListItem,
} from '@aws-sdk/client-sfn';
import type { AccountCalls } from '../calls/calls.ts';
import { AwsFailure, incompleteAnswer } from '../errors/errors.ts';
import { toFinish, type CallOptions } from '../pace/lanes.ts';
import { allPages } from '../calls/pages.ts';
import { MOST_IN_USE } from '../../observed/in-use.ts';
import { readStateMachine, timeText } from './state-machine.ts';

/** A definition as an execution or an alias has it. */
interface StateMachineInUse {
  readonly definition: string;
  readonly executionRoleArn: string;
}

export interface AliasedVersion extends StateMachineInUse {
  readonly versionArn: string;
  /** The aliases that route to it, by ARN. */
  readonly aliasArns: readonly string[];
}

/** The versions to which aliases of a machine route, with their definitions. A version that was deleted under its alias is left
 *  out: nothing can start it. If there are more than `MOST_IN_USE`, one beyond the limit is read, to show that there are more.
 *  @throws AwsFailure */
export async function readAliasedVersions(
  calls: AccountCalls,
  callOptions: CallOptions,
  stateMachineArn: string,
): Promise<readonly AliasedVersion[]> {
  const subject = calls.subjectOf('ListStateMachineAliases', stateMachineArn);
  const aliases = await allPages(subject, async (nextToken) => {
    const page = await calls.states(
      'ListStateMachineAliases',
      stateMachineArn,
      callOptions,
      (states, options) =>
        states.send(new ListStateMachineAliasesCommand({ stateMachineArn, nextToken }), options),
    );
    if (page.stateMachineAliases === undefined) throw incompleteAnswer(subject, 'the aliases');
    const items = page.stateMachineAliases.flatMap(({ stateMachineAliasArn: arn }) => arn ?? []);
    return { items, next: page.nextToken };
  });
  const aliasesOf = new Map<string, string[]>();
  const patience = toFinish(callOptions);
  for (const alias of aliases) {
    for (const version of await routedVersions(calls, patience, alias)) {
      aliasesOf.set(version, [...(aliasesOf.get(version) ?? []), alias]);
    }
  }
  const versions: AliasedVersion[] = [];
  let characters = 0;
  for (const [versionArn, aliasArns] of aliasesOf) {
    if (versions.length > MOST_IN_USE.count || characters > MOST_IN_USE.characters) break;
    const reading = await readStateMachine(calls, patience, versionArn);
    if (reading.kind === 'absent') continue;
    const { definition, executionRoleArn } = reading.machine;
    characters += definition.length;
    versions.push({ versionArn, aliasArns, definition, executionRoleArn });
  }
  return versions;
}

async function routedVersions(
  calls: AccountCalls,
  callOptions: CallOptions,
  aliasArn: string,
): Promise<readonly string[]> {
  try {
    const alias = await calls.states('DescribeStateMachineAlias', aliasArn, callOptions, (states, options) =>
      states.send(new DescribeStateMachineAliasCommand({ stateMachineAliasArn: aliasArn }), options),
    );
    if (alias.routingConfiguration === undefined)
      throw incompleteAnswer(calls.subjectOf('DescribeStateMachineAlias', aliasArn), 'the versions');
    return alias.routingConfiguration.flatMap((route) => route.stateMachineVersionArn ?? []);
  } catch (error) {
    if (error instanceof AwsFailure && error.kind === 'notFound') return [];
    throw error;
  }
}

interface RevisionInUse extends StateMachineInUse {
  /** How many of the running executions that were read have it. */
  readonly executions: number;
  /** ISO 8601, of the oldest of these. */
  readonly oldestStart: string;
}

interface RunningExecutions {
  readonly revisions: readonly RevisionInUse[];
  /** False if there are more than could be read: then nothing may be removed. */
  readonly complete: boolean;
}

const EXECUTIONS_A_PAGE = 1_000;
const MAX_PAGES = 20;
/** The quota of DescribeStateMachineForExecution is small, and shared with the account's owner. */
const MAX_DESCRIBED = 50;
/** Executions that start within seconds of an update may still get the old definition; clocks differ, too.
 *  https://docs.aws.amazon.com/step-functions/latest/apireference/API_UpdateStateMachine.html */
const UPDATE_MARGIN_MS = 60_000;

/** The definitions that running executions of a machine have. One call for each revision, not for each execution: an execution
 *  that started after a revision was written, and before the next, has that one. Express executions cannot be listed; ask for
 *  standard machines only. The list is eventually consistent.
 *  @throws AwsFailure */
export async function readRunningExecutions(
  calls: AccountCalls,
  callOptions: CallOptions,
  stateMachineArn: string,
): Promise<RunningExecutions> {
  const { executions, complete } = await listRunning(calls, callOptions, stateMachineArn);
  const found = new Map<string, RevisionInUse>();
  let described = 0;
  for (const group of byOrigin(executions)) {
    let known: Described | undefined;
    for (const execution of group) {
      if (known === undefined || !startedWith(known, execution)) {
        if (described === MAX_DESCRIBED) return { revisions: [...found.values()], complete: false };
        described += 1;
        known = await describeFor(calls, callOptions, execution);
        if (known === undefined) continue;
      }
      count(found, known, execution);
    }
  }
  return { revisions: [...found.values()], complete };
}

/** Executions grouped by version, or by having none; each group with the newest first. */
function byOrigin(executions: readonly ExecutionListItem[]): Iterable<readonly ExecutionListItem[]> {
  const newestFirst = executions.toSorted((a, b) => startOf(b) - startOf(a));
  return Map.groupBy(newestFirst, ({ stateMachineVersionArn = '' }) => stateMachineVersionArn).values();
}

async function listRunning(
  calls: AccountCalls,
  callOptions: CallOptions,
  stateMachineArn: string,
): Promise<{ executions: readonly ExecutionListItem[]; complete: boolean }> {
  const subject = calls.subjectOf('ListExecutions', stateMachineArn);
  const executions: ExecutionListItem[] = [];
  let nextToken: string | undefined;
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const input = {
      stateMachineArn,
      statusFilter: 'RUNNING',
      maxResults: EXECUTIONS_A_PAGE,
      nextToken,
    } as const;
    const answer = await calls.states('ListExecutions', stateMachineArn, callOptions, (states, options) =>
      states.send(new ListExecutionsCommand(input), options),
    );
    if (answer.executions === undefined) throw incompleteAnswer(subject, 'the executions');
    executions.push(...answer.executions);
    nextToken = answer.nextToken;
    if (nextToken === undefined) return { executions, complete: true };
  }
  return { executions, complete: false };
}

interface Described extends StateMachineInUse {
  /** When the revision was written, in milliseconds since 1970. A version never changes, so for it any time before all
   *  executions will do. */
  readonly writtenAt: number;
}

/** Whether an execution has the known revision. In a group with the newest first, one that started well after the revision was
 *  written has it. */
function startedWith(known: Described, execution: ExecutionListItem): boolean {
  return startOf(execution) > known.writtenAt + UPDATE_MARGIN_MS;
}

/** Undefined if the execution has ended and was deleted meanwhile. */
async function describeFor(
  calls: AccountCalls,
  callOptions: CallOptions,
  execution: ExecutionListItem,
): Promise<Described | undefined> {
  const { executionArn = '', stateMachineVersionArn } = execution;
  try {
    const answer = await calls.states(
      'DescribeStateMachineForExecution',
      executionArn,
      callOptions,
      (states, options) =>
        states.send(new DescribeStateMachineForExecutionCommand({ executionArn }), options),
    );
    const ofVersion = stateMachineVersionArn !== undefined;
    return {
      definition: answer.definition ?? '',
      executionRoleArn: answer.roleArn ?? '',
      writtenAt: ofVersion
        ? Number.NEGATIVE_INFINITY
        : (answer.updateDate?.getTime() ?? Number.POSITIVE_INFINITY),
    };
  } catch (error) {
    if (error instanceof AwsFailure && error.kind === 'notFound') return undefined;
    throw error;
  }
}

function count(found: Map<string, RevisionInUse>, known: Described, execution: ExecutionListItem): void {
  const key = `${known.executionRoleArn}\n${known.definition}`;
  const { definition, executionRoleArn } = known;
  const { executions = 0, oldestStart = LATEST } = found.get(key) ?? {};
  const start = timeText(execution.startDate);
  found.set(key, {
    definition,
    executionRoleArn,
    executions: executions + 1,
    // Executions of a version and of none may have the same definition.
    oldestStart: start < oldestStart ? start : oldestStart,
  });
}

/** After any time in ISO 8601. */
const LATEST = '~';

function startOf(execution: ExecutionListItem): number {
  return execution.startDate?.getTime() ?? 0;
}
