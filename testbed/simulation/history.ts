/** What happens in a simulation, as data: it is drawn from a seed, can be made shorter, and can be kept in a file. */
import type { JsonObject } from '../../src/base/json.ts';

/** Something that people, tools, machines or the network do. */
export type Event =
  /** `kubectl apply`: the link is made, or its spec replaced. `link` is `namespace/name`. */
  | { readonly do: 'apply'; readonly link: string; readonly spec: JsonObject }
  /** `lateByMs`: so much later than it looks for finalizers, the API server removes the link, with whatever it has by then. */
  | { readonly do: 'delete'; readonly link: string; readonly lateByMs?: number }
  /** An administrator replaces the spec of an AWSAccount. */
  | { readonly do: 'rules'; readonly account: string; readonly spec: JsonObject }
  /** A link is deleted with the request to leave AWS as it is. */
  | { readonly do: 'abandon'; readonly link: string }
  /** Somebody empties what the operator keeps on a link: with `kubectl patch`, or with a backup that leaves it out. */
  | { readonly do: 'empty'; readonly link: string; readonly what: 'finalizers' | 'annotations' | 'status' }
  /** A tool restores a link from a backup of this long ago: with its finalizer, annotations and spec, and its status if so asked.
   *  If the link is gone, it is made again. */
  | { readonly do: 'putBack'; readonly link: string; readonly backMs: number; readonly status: boolean }
  /** An AWSAccount is deleted. Another one of the same account ID may be made before or after. */
  | { readonly do: 'removeAccount'; readonly account: string }
  | { readonly do: 'addAccount'; readonly account: string; readonly spec: JsonObject }
  /** Somebody asks for a reconcile now. */
  | { readonly do: 'request'; readonly link: string }
  /** A developer deploys a state machine with these Tasks. A careful developer keeps the Credentials that are there. */
  | {
      readonly do: 'deploy';
      readonly machine: string;
      readonly tasks: readonly string[];
      readonly careful: boolean;
    }
  /** A developer writes the Credentials of a Task himself, or takes them out. */
  | {
      readonly do: 'credentials';
      readonly machine: string;
      readonly task: string;
      readonly roleArn?: string;
    }
  /** From now on what changes in AWS is told in the queues of both accounts. */
  | { readonly do: 'forward' }
  | { readonly do: 'swapExecutionRole'; readonly machine: string; readonly role: string }
  | { readonly do: 'removeMachine'; readonly machine: string }
  /** A version of the state machine as it is now is published, and an alias routes to it. */
  | { readonly do: 'alias'; readonly machine: string; readonly alias: string }
  | { readonly do: 'removeAlias'; readonly machine: string; readonly alias: string }
  /** An execution of the state machine, or of an alias, runs for this long. */
  | { readonly do: 'execute'; readonly machine: string; readonly forMs: number; readonly alias?: string }
  /** Somebody changes a role by hand. */
  | { readonly do: 'tamper'; readonly role: string; readonly how: Tampering }
  /** An execution role is deleted and recreated, and has another RoleId then. */
  | { readonly do: 'remakeExecutionRole'; readonly role: string }
  /** Somebody deletes a role and makes it again under its name, with everything that was on it. It has another RoleId then. */
  | { readonly do: 'remakeRole'; readonly role: string }
  /** Somebody makes a role where a link may want its own. */
  | { readonly do: 'squat'; readonly namespace: string; readonly name: string }
  /** A process dies at this many calls from now on. Its last call is still sent, or not. Another process starts after a while.
   *  `at`: only calls whose text contains this are counted, such as `PutRolePolicy 111111111111 checkout-exec`. */
  | {
      readonly do: 'crash';
      readonly replica: number;
      readonly calls: number;
      readonly at?: string;
      readonly sent: boolean;
      readonly downMs: number;
    }
  /** Somebody is quicker: this happens right before the operator's next call with `at` in its text takes effect. */
  | { readonly do: 'ambush'; readonly at: string; readonly event: Event }
  /** A tool repeats the same change, and does not know what the operator does in between. */
  | { readonly do: 'repeat'; readonly event: Event; readonly times: number; readonly everyMs: number }
  /** AWS refuses every call to an account for this long. */
  | { readonly do: 'outage'; readonly accountId: string; readonly how: Outage; readonly forMs: number }
  /** A namespace is deleted with all links in it. If somebody applies a link there later, the namespace was made again.
   *  `lateByMs`: as for `delete`. */
  | { readonly do: 'deleteNamespace'; readonly namespace: string; readonly lateByMs?: number }
  /** A namespace is labelled as another tenant's, or as its own again. */
  | { readonly do: 'label'; readonly namespace: string; readonly tenant: string }
  /** A state machine is deleted and recreated under its name, with these Tasks and without Credentials. */
  | { readonly do: 'remakeMachine'; readonly machine: string; readonly tasks: readonly string[] }
  /** The machine on which a replica runs is suspended, and its monotonic clock with it. It wakes after a while. */
  | { readonly do: 'suspendHost'; readonly replica: number; readonly forMs: number }
  /** Somebody deletes the Lease. */
  | { readonly do: 'dropLease' }
  /** It happens in another cluster, whose operator works on the same accounts. */
  | { readonly do: 'elsewhere'; readonly event: Event }
  /** Nothing happens: a directed history says what must be true by now. */
  | { readonly do: 'expect'; readonly link: string; readonly that: Expectation }
  /** A replica's wall clock is wrong by this much from now on, also for its next processes. */
  | { readonly do: 'skewClock'; readonly replica: number; readonly byMs: number }
  | { readonly do: 'freeze'; readonly replica: number; readonly forMs: number }
  | {
      readonly do: 'storm';
      readonly over: 'aws' | 'kubernetes';
      readonly probability: number;
      readonly forMs: number;
    }
  | { readonly do: 'cutWatches'; readonly replica: number; readonly expired: boolean }
  /** Every watch is cut. Everything is then listed one object a page, and the second page of the first list does not come: the
   *  server has forgotten where it was, or the connection was cut. */
  | { readonly do: 'cutLists'; readonly replica: number; readonly expired: boolean }
  | { readonly do: 'lagWatches'; readonly replica: number; readonly byMs: number; readonly forMs: number }
  | { readonly do: 'lagIam'; readonly byMs: number; readonly forMs: number }
  /** An administrator restores the cluster to its state of this long ago, while AWS and the operator's processes stay as they
   *  are. `bumped`: resource versions continue far beyond those that were given out, instead of coming a second time. */
  | { readonly do: 'restore'; readonly backMs: number; readonly bumped: boolean };

export interface Expectation {
  /** The link's access works. */
  readonly works?: true;
  /** Exactly this many differences have been reported as drift. */
  readonly drift?: number;
  /** The status of the link's condition Ready. */
  readonly ready?: string;
  /** The description of a role. */
  readonly description?: { readonly role: string; readonly is: string };
}

export const TAMPERINGS = [
  'deleteRole',
  'dropPolicy',
  'alterPolicy',
  'foreignPolicy',
  'dropTrust',
  'foreignTrust',
  'untag',
  'foreignTag',
  'describe',
  'attach',
] as const;
/** What tools for whole accounts do, for example one that puts a boundary on every role, or takes off all tags that it does not
 *  know. */
export const RARE_TAMPERINGS = ['bind', 'unbind', 'strip', 'detach'] as const;
export type Tampering = (typeof TAMPERINGS | typeof RARE_TAMPERINGS)[number];

/** Why AWS refuses: the account is suspended or closed, the operator's credentials are revoked, or a policy of the organization
 *  denies everything. */
export const OUTAGES = ['suspended', 'revoked', 'denied'] as const;
export type Outage = (typeof OUTAGES)[number];

/** An event, and how long nothing happened before it. */
export type Step = Event & { readonly afterMs: number };

export interface History {
  /** Decides everything that the steps leave open: how long each call takes, and in which order answers come. */
  readonly seed: number;
  readonly replicas: number;
  readonly steps: readonly Step[];
  /** Whether specs stay at the end as the steps made them. Otherwise people then resume and enforce every link and give accounts
   *  their usual rules, so that only one final state is right. */
  readonly specsStay?: true;
}

/** What may happen to links that nobody treats in an unusual way. */
export const PLAIN_KINDS = [
  'people',
  'outsiders',
  'crashes',
  'storms',
  'watches',
  'iam',
  'standby',
  /** Wall clocks that are wrong, each in its own way. */
  'skew',
] as const;
/** What may be among a history's events, and in the specs of its links and accounts. */
export const KINDS = [
  ...PLAIN_KINDS,
  /** Legs, or whole links, that only observe. */
  'observe',
  /** Links that leave AWS as it is when they are deleted. */
  'retain',
  /** Roles that existed before, and what is foreign on them. */
  'adoption',
  /** Links that want different values of one thing, or the same Task. */
  'conflicts',
  /** Any field of a link's spec. */
  'fields',
  /** Any field of an AWSAccount's spec, and accounts that are deleted and recreated. */
  'rules',
  /** Links of two namespaces that name one role. */
  'namespaces',
  /** Aliases and executions. */
  'executions',
  /** Accounts in which a changed definition widens no role. */
  'hold',
] as const;
/** What happens only if it is asked for by name. */
export const RARE_KINDS = [
  /** Clusters that are restored from a backup while the operator goes on. */
  'restores',
  /** What tools for whole accounts do to roles. */
  'sweeps',
  /** Accounts that are out of reach for a while. */
  'outages',
  /** Namespaces that are deleted, made and given to another tenant, and accounts that are made again with other rules. */
  'tenancy',
  /** State machines that are made again. */
  'remakes',
  /** Machines under the operator that are suspended, and a Lease that is gone. */
  'hosts',
  /** Another cluster, with an operator of its own, on the same accounts. */
  'clusters',
  /** Links that are deleted while the operator adds its finalizer. */
  'races',
  /** What people do right before a call of the operator. */
  'aims',
  /** Credentials that developers write themselves. */
  'credentials',
  /** Links that a tool restores one by one, as Velero does. */
  'backups',
  /** Queues of change events. */
  'events',
  /** Hands that take off what the operator keeps on links, and links that are made again with another role. */
  'hands',
  /** Tools that keep writing what they know: deployments of definitions, Terraform without `ignore_changes`. */
  'tools',
] as const;
export type Kind = (typeof KINDS | typeof RARE_KINDS)[number];
