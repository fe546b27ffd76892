/** What happens in a simulation, as data: it is drawn from a seed, can be made shorter, and can be kept in a file. */
import type { JsonObject } from '../../src/base/json.ts';

/** Something that people, tools, machines or the network do. */
export type Event =
  /** `kubectl apply`: made, or its spec replaced. `link` is `namespace/name`. */
  | { readonly do: 'apply'; readonly link: string; readonly spec: JsonObject }
  | { readonly do: 'delete'; readonly link: string }
  /** An administrator replaces the spec of an AWSAccount. */
  | { readonly do: 'rules'; readonly account: string; readonly spec: JsonObject }
  /** Deletes a link that is to let go of AWS as it is. */
  | { readonly do: 'abandon'; readonly link: string }
  /** An AWSAccount is deleted; another of its ID may be made, before or after. */
  | { readonly do: 'removeAccount'; readonly account: string }
  | { readonly do: 'addAccount'; readonly account: string; readonly spec: JsonObject }
  /** Asks for a reconcile now. */
  | { readonly do: 'request'; readonly link: string }
  /** A developer deploys a state machine with these Tasks; a careful one keeps the Credentials that are there. */
  | {
      readonly do: 'deploy';
      readonly machine: string;
      readonly tasks: readonly string[];
      readonly careful: boolean;
    }
  | { readonly do: 'swapExecutionRole'; readonly machine: string; readonly role: string }
  | { readonly do: 'removeMachine'; readonly machine: string }
  /** A version of what the state machine is now is published, and an alias routes to it. */
  | { readonly do: 'alias'; readonly machine: string; readonly alias: string }
  | { readonly do: 'removeAlias'; readonly machine: string; readonly alias: string }
  /** An execution of the state machine, or of an alias, runs for so long. */
  | { readonly do: 'execute'; readonly machine: string; readonly forMs: number; readonly alias?: string }
  /** Somebody changes a role by hand. */
  | { readonly do: 'tamper'; readonly role: string; readonly how: Tampering }
  /** An execution role is deleted and made again: it has another RoleId then. */
  | { readonly do: 'remakeExecutionRole'; readonly role: string }
  /** Somebody deletes a role and makes it again under its name, with all that was on it: it has another RoleId then. */
  | { readonly do: 'remakeRole'; readonly role: string }
  /** Somebody makes a role where a link may want its own. */
  | { readonly do: 'squat'; readonly namespace: string; readonly name: string }
  /** A process dies at its so manieth call from now on, which is still sent or not; another starts after a while.
   *  `at`: only calls whose text has this in it are counted, such as `PutRolePolicy 111111111111 checkout-exec`. */
  | {
      readonly do: 'crash';
      readonly replica: number;
      readonly calls: number;
      readonly at?: string;
      readonly sent: boolean;
      readonly downMs: number;
    }
  /** Somebody is quicker: right before the operator's next call with `at` in its text takes effect, this happens. */
  | { readonly do: 'ambush'; readonly at: string; readonly event: Event }
  /** A tool does the same over and over: whatever the operator makes of it in between, it knows nothing of that. */
  | { readonly do: 'repeat'; readonly event: Event; readonly times: number; readonly everyMs: number }
  /** AWS refuses every call to an account for so long. */
  | { readonly do: 'outage'; readonly accountId: string; readonly how: Outage; readonly forMs: number }
  /** A namespace is deleted with all links in it; whoever applies a link there later has made it again. */
  | { readonly do: 'deleteNamespace'; readonly namespace: string }
  /** A namespace is labelled as another tenant's, or as its own again. */
  | { readonly do: 'label'; readonly namespace: string; readonly tenant: string }
  /** A state machine is deleted and made again under its name, with these Tasks and no Credentials. */
  | { readonly do: 'remakeMachine'; readonly machine: string; readonly tasks: readonly string[] }
  /** The machine under a replica is suspended, and with it its monotonic clock, and wakes after a while. */
  | { readonly do: 'suspendHost'; readonly replica: number; readonly forMs: number }
  /** Somebody deletes the Lease. */
  | { readonly do: 'dropLease' }
  /** It happens in another cluster, whose operator works on the same accounts. */
  | { readonly do: 'elsewhere'; readonly event: Event }
  /** Nothing happens: a directed history says what has to be so by now. */
  | { readonly do: 'expect'; readonly link: string; readonly that: Expectation }
  /** A replica's clock on the wall goes wrong by so much from now on, its next processes included. */
  | { readonly do: 'skewClock'; readonly replica: number; readonly byMs: number }
  | { readonly do: 'freeze'; readonly replica: number; readonly forMs: number }
  | {
      readonly do: 'storm';
      readonly over: 'aws' | 'kubernetes';
      readonly probability: number;
      readonly forMs: number;
    }
  | { readonly do: 'cutWatches'; readonly replica: number; readonly expired: boolean }
  /** Every watch is cut, what comes next is listed an object a page, and the second page of the first list does not come:
   *  the server has forgotten where it was, or the connection was cut. */
  | { readonly do: 'cutLists'; readonly replica: number; readonly expired: boolean }
  | { readonly do: 'lagWatches'; readonly replica: number; readonly byMs: number; readonly forMs: number }
  | { readonly do: 'lagIam'; readonly byMs: number; readonly forMs: number }
  /** An administrator restores the cluster from what it was so long ago, with AWS and the operator's processes as they are.
   *  `bumped`: resource versions go on far beyond those that were given out, instead of coming a second time. */
  | { readonly do: 'restore'; readonly backMs: number; readonly bumped: boolean };

export interface Expectation {
  /** The link's access works. */
  readonly works?: true;
  /** So many differences have been told as drift, no more and no fewer. */
  readonly drift?: number;
  /** The status of the link's Ready. */
  readonly ready?: string;
  /** What a role's description is. */
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
/** What tools for whole accounts do, such as one that puts a boundary on every role, or takes off all tags that it does not know. */
export const RARE_TAMPERINGS = ['bind', 'unbind', 'strip', 'detach'] as const;
export type Tampering = (typeof TAMPERINGS | typeof RARE_TAMPERINGS)[number];

/** Why AWS refuses: the account is suspended or closed, the operator's credentials are revoked, or a policy of the organization
 *  denies all. */
export const OUTAGES = ['suspended', 'revoked', 'denied'] as const;
export type Outage = (typeof OUTAGES)[number];

/** An event, and for how long nothing happened before it. */
export type Step = Event & { readonly afterMs: number };

export interface History {
  /** Decides everything that the steps leave open: how long each call takes, in which order answers come. */
  readonly seed: number;
  readonly replicas: number;
  readonly steps: readonly Step[];
  /** In the end, specs are what the steps made them. Otherwise people then resume and enforce every link and give accounts
   *  their usual rules, so that there is one state to come to. */
  readonly specsStay?: true;
}

/** What may happen to links of which nobody says anything unusual. */
export const PLAIN_KINDS = [
  'people',
  'outsiders',
  'crashes',
  'storms',
  'watches',
  'iam',
  'standby',
  /** Clocks on the wall that are wrong, each in its own way. */
  'skew',
] as const;
/** What may be among a history's events, and in the specs of its links and accounts. */
export const KINDS = [
  ...PLAIN_KINDS,
  /** Legs, or whole links, that only observe. */
  'observe',
  /** Links that leave AWS as it is when they go. */
  'retain',
  /** Roles that stood before, and what is foreign on them. */
  'adoption',
  /** Links that want different values of one thing, or one Task. */
  'conflicts',
  /** Any field of a link's spec. */
  'fields',
  /** Any field of an AWSAccount's spec; accounts that go and come. */
  'rules',
  /** Links of two namespaces that name one role. */
  'namespaces',
  /** Aliases and executions. */
  'executions',
  /** Accounts in which a changed definition widens no role. */
  'hold',
] as const;
/** What happens only where it is asked for by name. */
export const RARE_KINDS = [
  /** Clusters that are restored from a backup while the operator goes on. */
  'restores',
  /** What tools for whole accounts do to roles. */
  'sweeps',
  /** Accounts that are out of reach for a while. */
  'outages',
  /** Namespaces that go, come and change hands, and accounts that are made again with other rules. */
  'tenancy',
  /** State machines that are made again. */
  'remakes',
  /** Machines under the operator that are suspended, and a Lease that is gone. */
  'hosts',
  /** Another cluster, with an operator of its own, on the same accounts. */
  'clusters',
  /** Tools that write what they know of over and over: deployments of definitions, Terraform without `ignore_changes`. */
  'tools',
] as const;
export type Kind = (typeof KINDS | typeof RARE_KINDS)[number];
