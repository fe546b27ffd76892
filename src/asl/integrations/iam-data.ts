/**
 * What the Service Authorization Reference says: which actions there are, and which resources each takes.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
 *
 * The table maps an IAM prefix to a text. Its first line lists the service's resource types; each further line is
 * `types=actions`, types by their place in that list, `!` for one that the action always needs.
 */
import table from './generated/iam-data.json' with { type: 'json' };

export interface IamAction {
  /** In AWS's own spelling. */
  readonly name: string;
  readonly resourceTypes: readonly ResourceTypeUse[];
}

interface ResourceTypeUse {
  /** Nearly always one; a few types have ARNs of several forms. */
  readonly arns: readonly ArnForm[];
  readonly required: boolean;
}

export interface ArnForm {
  readonly service: string;
  /** `R` for the caller's, otherwise the literal text of the ARN: empty for global services. */
  readonly region: string;
  /** `A` for the caller's, otherwise the literal text of the ARN. */
  readonly account: string;
  /** `table/{TableName}` */
  readonly resource: string;
}

const SERVICES: ReadonlyMap<string, string> = new Map(Object.entries(table));

interface Service {
  readonly types: readonly (readonly ArnForm[])[];
  readonly actions: ReadonlyMap<string, IamAction>;
}

const decoded = new Map<string, Service>();

/** IAM prefixes, in order. */
export function iamPrefixes(): Iterable<string> {
  return SERVICES.keys();
}

/** An action by its prefix and by its name in any case; undefined if AWS documents none. */
export function findIamAction(prefix: string, name: string): IamAction | undefined {
  return serviceOf(prefix)?.actions.get(name.toLowerCase());
}

/** The ARN formats of a service's resource types, in the order that the generated tables count them. */
export function arnFormsOf(prefix: string): readonly (readonly ArnForm[])[] {
  return serviceOf(prefix)?.types ?? [];
}

function serviceOf(prefix: string): Service | undefined {
  const known = decoded.get(prefix);
  const packed = SERVICES.get(prefix);
  if (known !== undefined || packed === undefined) return known;
  const service = decode(packed);
  decoded.set(prefix, service);
  return service;
}

function decode(packed: string): Service {
  const [head = '', ...lines] = packed.split('\n');
  const types = head.split(' ').map((type) => type.split('|').map(decodeArn));
  return { types, actions: new Map(lines.flatMap((line) => decodeLine(line, types))) };
}

function decodeLine(line: string, types: readonly (readonly ArnForm[])[]): [string, IamAction][] {
  const [uses = '', names = ''] = line.split('=');
  const resourceTypes = uses.split(',').flatMap((use) => {
    const arns = types[Number.parseInt(use, 10)];
    return arns === undefined ? [] : [{ arns, required: use.endsWith('!') }];
  });
  return names.split(' ').map((name) => [name.toLowerCase(), { name, resourceTypes }]);
}

function decodeArn(text: string): ArnForm {
  const [service = '', region = '', account = '', ...resource] = text.split(':');
  return { service, region, account, resource: resource.join(':') };
}
