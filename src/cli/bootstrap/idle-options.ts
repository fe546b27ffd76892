/** Options of `bootstrap` that have no meaning for the requested side: a person who gives one expects something else. */
import type { BootstrapOptions, Side } from './bootstrap-options.ts';

/** Options of one side only, with their defaults. */
const ONE_SIDED = [
  { flag: '--state-machines', side: 'source', of: (given) => given.stateMachines, unless: '*' },
  { flag: '--execution-roles', side: 'source', of: (given) => given.executionRoles },
  { flag: '--state-machine-key', side: 'source', of: (given) => given.stateMachineKey[0] },
  { flag: '--cluster-id', side: 'target', of: (given) => given.clusterId },
  {
    flag: '--role-path-prefix',
    side: 'target',
    of: (given) => given.rolePathPrefix,
    unless: '/crossaccountlink/',
  },
  { flag: '--boundary', side: 'target', of: (given) => given.boundary },
  { flag: '--managed-policy', side: 'target', of: (given) => given.managedPolicy[0] },
  { flag: '--identity', side: 'operator', of: (given) => given.identity },
  { flag: '--oidc-provider', side: 'operator', of: (given) => given.oidcProvider },
  { flag: '--service-account', side: 'operator', of: (given) => given.serviceAccount },
  { flag: '--assume', side: 'operator', of: (given) => given.assume?.[0] },
] as const satisfies readonly {
  readonly flag: string;
  readonly side: Side | 'operator';
  readonly of: (given: BootstrapOptions) => string | undefined;
  readonly unless?: string;
}[];

/** The given options that have no meaning for this side. */
export function idleOptions(
  given: BootstrapOptions,
  side: Side | 'operator',
): readonly { readonly flag: string; readonly side: string }[] {
  const isOwn = (its: string): boolean => its === side || (side === 'both' && its !== 'operator');
  return ONE_SIDED.filter((option) => {
    const value = option.of(given);
    return !isOwn(option.side) && value !== undefined && !('unless' in option && value === option.unless);
  });
}
