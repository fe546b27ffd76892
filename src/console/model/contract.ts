/** What the console's server sends to its page. Both are built together, so their versions are always the same. */

import type { Advice } from '../../api/advice.ts';

/** The state of a link in one word, which decides its colour. */
export type Tone = 'ready' | 'trouble' | 'working' | 'paused';

/** One link as the map and the lists show it. The rest is loaded when somebody opens it. */
export interface LinkRow {
  /** `namespace/name` */
  readonly key: string;
  readonly namespace: string;
  readonly name: string;
  /** Changes whenever anything about the link or its Events does. */
  readonly version: string;
  readonly machine: MachineName;
  readonly role: RoleName;
  readonly tone: Tone;
  /** The reason of Ready; `Waiting` until the operator has reconciled the latest spec. */
  readonly reason: string;
  /** Cut at 300 characters. */
  readonly message: string;
  /** Nothing happens until a person does something. */
  readonly stalled: boolean;
  readonly observed: boolean;
  readonly deleting: boolean;
  readonly tasks: number;
  readonly drift: number;
  /** Milliseconds since 1970, the oldest first, of the drifts whose time is known. */
  readonly driftTimes: readonly number[];
  /** Milliseconds since 1970: since when Ready has its status. */
  readonly sinceMs?: number;
}

export interface MachineName {
  readonly account: string;
  readonly region: string;
  readonly name: string;
}

export interface RoleName {
  readonly account: string;
  /** Begins and ends with `/`. */
  readonly path: string;
  readonly name: string;
}

export interface AccountRow {
  /** Name of the AWSAccount. */
  readonly name: string;
  readonly account: string;
  readonly tone: Tone;
  readonly reason: string;
  readonly message: string;
  readonly identity?: string;
  readonly links?: number;
  /** Milliseconds since 1970 */
  readonly lastCheckMs?: number;
}

/** Something that the server watches: whether the caller may watch it, and whether that works. */
export interface SourceState {
  /** `operator`: whether one is working; only sent if none is. */
  readonly kind: 'links' | 'accounts' | 'events' | 'operator';
  readonly state: 'live' | 'connecting' | 'lost' | 'refused';
  /** Only this namespace is watched; left out, all are. */
  readonly namespace?: string;
  /** For people: what is missing, and why. */
  readonly message?: string;
  /** Why it is lost, if what is shown stays as it was. Kinds with the same reason are reported together. */
  readonly why?: string;
}

/** Messages of the stream: everything at first, then what changed. */
export type StreamMessage =
  | {
      readonly kind: 'snapshot';
      readonly links: readonly LinkRow[];
      readonly accounts: readonly AccountRow[];
      readonly sources: readonly SourceState[];
      /** Objects that exist but cannot be read, by key. */
      readonly unreadable: readonly string[];
    }
  | {
      readonly kind: 'change';
      readonly links: readonly LinkRow[];
      readonly goneLinks: readonly string[];
      readonly accounts: readonly AccountRow[];
      readonly goneAccounts: readonly string[];
      readonly sources?: readonly SourceState[];
      readonly unreadable?: readonly string[];
    };

/** One step on the way from the target account to the state machine. */
export interface LegView {
  readonly condition: string;
  readonly title: string;
  /** What the leg is for, in a few words. */
  readonly what: string;
  /** ARN of the object that the leg is part of, if it is known. */
  readonly object?: string;
  readonly account: string;
  readonly observed: boolean;
  readonly state: 'ready' | 'trouble' | 'working';
  readonly reason: string;
  readonly message: string;
}

export interface ConditionView {
  readonly type: string;
  readonly status: 'True' | 'False' | 'Unknown';
  readonly reason: string;
  readonly message: string;
  readonly sinceMs?: number;
}

export interface DriftView {
  readonly timeMs?: number;
  readonly object: string;
  readonly field: string;
  readonly expected?: string;
  readonly found?: string;
  readonly repaired: boolean;
}

/** A write that the operator would make if it did not only observe. */
export interface PendingView {
  readonly object: string;
  readonly operation: string;
  readonly reason: string;
  readonly changes: readonly { readonly path: string; readonly before?: string; readonly after?: string }[];
  /** How many more there are for which the status had no room. */
  readonly omittedChanges: number;
}

export interface EventView {
  readonly type: string;
  readonly reason: string;
  readonly message: string;
  readonly count: number;
  readonly firstMs: number;
  readonly lastMs: number;
}

/** Everything about one link. */
export interface LinkDetail {
  readonly row: LinkRow;
  readonly machineARN: string;
  readonly roleARN: string;
  readonly legs: readonly LegView[];
  readonly conditions: readonly ConditionView[];
  /** The whole message of Ready; a row has only its beginning. */
  readonly message: string;
  /** What the reason means and what to do first, if it is one of ours. */
  readonly advice?: Advice;
  /** The first hundred; `row.tasks` counts all. */
  readonly tasks: readonly string[];
  readonly drift: readonly DriftView[];
  /** Undefined if nothing is observed. */
  readonly pending?: readonly PendingView[];
  readonly events: readonly EventView[];
  /** Label and value, for a table. */
  readonly facts: readonly (readonly [label: string, value: string])[];
  readonly commands: readonly CommandView[];
}

export interface CommandView {
  readonly title: string;
  readonly command: string;
}

/** The least privilege of a link's Tasks, read from the machine's definition. */
export type PolicyView =
  | {
      readonly kind: 'derived';
      readonly statements: readonly StatementView[];
      /** Tasks that need a decision, or that have something to note. */
      readonly remarks: readonly { readonly task: string; readonly message: string }[];
    }
  | { readonly kind: 'unavailable'; readonly why: string };

export interface StatementView {
  readonly sid: string;
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  /** JSON; left out without conditions. */
  readonly conditions?: string;
  /** The Tasks that need it; none if the spec itself adds the statement. */
  readonly tasks: readonly string[];
}
