/** Documents and automations of Systems Manager. https://docs.aws.amazon.com/systems-manager/latest/userguide/security_iam_id-based-policy-examples.html */
import { allow, CALLBACK, note, rowOn } from '../../row.ts';
import type { ServiceTable } from '../../row.ts';
import { arn, namedArn, onlyHinted, parsed, wholeArn } from '../../resources.ts';
import { readParameters } from '../../../parameters.ts';
import type { Call, Resource } from '../../reading.ts';

/** AWS's own documents belong to no account. */
const AWS_OWNED = /^(?:AWS|Amazon)[A-Za-z]*-/;

export function owned(parameter: string, kind: 'document' | 'automation-definition', suffix = ''): Resource {
  const types = [`arn:*:ssm:*:*:${kind}/*`, `arn:*:ssm:*::${kind}/*`];
  return parsed(parameter, types, (name, { place }) => {
    if (name.startsWith('arn:')) {
      const asKind = name.replace(/:document\//, `:${kind}/`);
      return wholeArn(asKind, types, { anyAccount: true });
    }
    const owner = AWS_OWNED.test(name) ? '' : place.accountId;
    return namedArn(`arn:${place.partition}:ssm:${place.region}:${owner}:${kind}/`, name, suffix);
  });
}

/** Machines by their IDs: EC2 instances, and the account's own machines that Systems Manager manages. */
export function machines(parameter: string): Resource {
  return parsed(
    parameter,
    ['arn:*:ec2:*:*:instance/*', 'arn:*:ssm:*:*:managed-instance/*'],
    (id, { place }) => {
      const [service, kind] = id.startsWith('mi-') ? ['ssm', 'managed-instance'] : ['ec2', 'instance'];
      return namedArn(`arn:${place.partition}:${service}:${place.region}:${place.accountId}:${kind}/`, id);
    },
  );
}

const targeted = machines('Targets[].Values[]');
const chosen = onlyHinted(
  'Targets',
  ['arn:*:ec2:*:*:instance/*', 'arn:*:ssm:*:*:managed-instance/*'],
  'chooses the machines when the command is sent',
);

/** Machines by their IDs, or by a search at run time.
 *  https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_Target.html */
const targets: Resource = {
  types: chosen.types,
  read: (call) => (namesMachines(call) ? targeted : chosen).read(call),
};

function namesMachines({ task }: Call): boolean {
  return readParameters(task, 'Targets[].Key').every(
    (key) => key.kind === 'text' && key.text.toLowerCase() === 'instanceids',
  );
}

const RUNS_STEPS = note(
  'CallerPermissionsNeeded',
  'ssm:StartAutomationExecution runs the document’s steps with the target role’s own permissions unless Parameters give an AutomationAssumeRole: add statements for what the steps do',
  { unless: ['Parameters.AutomationAssumeRole'] },
);

export const documents: ServiceTable = {
  sendCommand: {
    patterns: CALLBACK,
    call: [
      allow('ssm:SendCommand', owned('DocumentName', 'document')),
      allow('ssm:SendCommand', machines('InstanceIds[]'), { when: 'InstanceIds' }),
      allow('ssm:SendCommand', targets, { when: 'Targets' }),
    ],
  },
  startAutomationExecution: {
    patterns: CALLBACK,
    call: [
      allow('ssm:StartAutomationExecution', owned('DocumentName', 'automation-definition', ':*')),
      allow('iam:PassRole', arn('iam', 'role/{Parameters.AutomationAssumeRole[]}', { global: true }), {
        when: 'Parameters.AutomationAssumeRole',
        conditions: { StringEquals: { 'iam:PassedToService': ['ssm.amazonaws.com'] } },
      }),
    ],
    notes: [RUNS_STEPS],
  },
  getCalendarState: rowOn('ssm:GetCalendarState', owned('CalendarNames[]', 'document')),
  putComplianceItems: rowOn('ssm:PutComplianceItems', machines('ResourceId')),
  describeDocument: rowOn('ssm:DescribeDocument', owned('Name', 'document')),
  getDocument: rowOn('ssm:GetDocument', owned('Name', 'document')),
};
