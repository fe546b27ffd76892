/** What one reconcile found and did, before it is put into conditions, Events and messages. */
import type { Reason } from '../api/reasons.ts';
import type { Leg } from '../desired/leg.ts';
import type { Drift } from './drift.ts';

/** The outcome of a leg. */
export type LegOutcome =
  /** `note`: what a person should know although nothing waits for it. */
  | { readonly kind: 'inSync'; readonly note?: string }
  | UnfinishedOutcome
  /** A planned write could not be made yet, and is tried again: the leg is not as wanted, and otherwise as it was. */
  | { readonly kind: 'interrupted'; readonly reason: Reason; readonly message: string }
  /** The leg is only observed, and differs from what the link describes. */
  | { readonly kind: 'differs'; readonly message: string };

export type UnfinishedOutcome =
  /** Work is under way or waits for AWS; nobody has to do anything. */
  | { readonly kind: 'progressing'; readonly reason: Reason; readonly message: string }
  /** No retry will help until a person changes something. */
  | { readonly kind: 'stalled'; readonly reason: Reason; readonly message: string };

/** Legs that were not reached are left out: their conditions stay as they were. */
export type LegOutcomes = Readonly<Partial<Record<Leg, LegOutcome>>>;

/** `denied` has the statement that denies; `unknown` says what could not be decided from what was read. */
export type EffectiveOutcome =
  | { readonly kind: 'effective' }
  | {
      readonly kind: 'denied';
      readonly reason: 'ExplicitlyDenied' | 'NotGranted' | 'ExecutionRoleNotAssumable';
      readonly message: string;
      /** What forbids it, as in a drift record. */
      readonly cause: Omit<Drift, 'repaired'>;
    }
  /** No policy that was read denies it, and yet AWS denied a Task its call. */
  | { readonly kind: 'deniedInExecution'; readonly message: string }
  | { readonly kind: 'unknown'; readonly message: string };

export const LEGS: readonly Leg[] = [
  'targetRole',
  'trustPolicy',
  'permissions',
  'executionRoleGrant',
  'stateMachineCredentials',
];

export const inSync: LegOutcome = { kind: 'inSync' };

/** Needs a person: no retry will help. */
export function stalled(reason: Reason, message: string): UnfinishedOutcome {
  return { kind: 'stalled', reason, message };
}

/** Goes on by itself. */
export function progressing(reason: Reason, message: string): UnfinishedOutcome {
  return { kind: 'progressing', reason, message };
}
