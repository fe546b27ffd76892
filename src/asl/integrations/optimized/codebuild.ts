import { isWholeArn, joinArn, splitArn } from '../../../arn/parts.ts';
import { HOLE } from '../../expressions/known.ts';
import { allow, passOptionalRole, REQUEST_RESPONSE, RUN_A_JOB } from '../row.ts';
import type { ServiceTable } from '../row.ts';
import { arn, isNamed, parsed, toPattern } from '../resources.ts';
import type { Call, Resource, ResourceArn } from '../reading.ts';

const PROJECT_TYPES = ['arn:*:codebuild:*:*:project/*'];
const REPORT_GROUP_TYPES = ['arn:*:codebuild:*:*:report-group/*'];

const project = arn('codebuild', 'project/{ProjectName}');

/** A build is called `project:uuid`, in an ARN or alone; IAM knows its project. */
export function projectOf(parameter: string): Resource {
  return parsed(parameter, PROJECT_TYPES, (id, call) =>
    owner(id, /^(?:arn:.*:build(?:-batch)?\/)?([^:/]+):[^:/]+$/, 'project', call),
  );
}

/** A report is `report/group:uuid`; IAM knows its group. */
const reportGroups = parsed('ReportArns[]', REPORT_GROUP_TYPES, (text, call) =>
  owner(text, /^arn:.*:report\/([^:/]+):[^:/]+$/, 'report-group', call),
);

function owner(text: string, form: RegExp, type: string, { place }: Call): ResourceArn | undefined {
  const name = form.exec(text)?.[1];
  if (name === undefined || !isNamed(name)) return undefined;
  const resource = `${type}/${toPattern(name)}`;
  const stated = { ...splitArn(text), resource };
  if (stated.prefix !== 'arn' || !isWholeArn(text))
    return { text: joinArn({ prefix: 'arn', service: 'codebuild', ...place, resource }) };
  const { partition, service, region, accountId } = stated;
  if ([partition, service, region, accountId].join().includes(HOLE)) return undefined;
  return { text: joinArn(stated), accountId };
}

/** https://docs.aws.amazon.com/step-functions/latest/dg/connect-codebuild.html */
export const codebuild: ServiceTable = {
  startBuild: {
    patterns: RUN_A_JOB,
    call: [
      allow('codebuild:StartBuild', project),
      passOptionalRole('ServiceRoleOverride', 'codebuild.amazonaws.com'),
    ],
    sync: [allow(['codebuild:BatchGetBuilds', 'codebuild:StopBuild'], project)],
  },
  stopBuild: { patterns: REQUEST_RESPONSE, call: [allow('codebuild:StopBuild', projectOf('Id'))] },
  batchDeleteBuilds: {
    patterns: REQUEST_RESPONSE,
    call: [allow('codebuild:BatchDeleteBuilds', projectOf('Ids[]'))],
  },
  batchGetReports: {
    patterns: REQUEST_RESPONSE,
    call: [allow('codebuild:BatchGetReports', reportGroups)],
  },
  startBuildBatch: {
    patterns: RUN_A_JOB,
    call: [
      allow('codebuild:StartBuildBatch', project),
      passOptionalRole('ServiceRoleOverride', 'codebuild.amazonaws.com'),
      passOptionalRole('BuildBatchConfigOverride.ServiceRole', 'codebuild.amazonaws.com'),
    ],
    sync: [allow(['codebuild:BatchGetBuildBatches', 'codebuild:StopBuildBatch'], project)],
  },
  stopBuildBatch: { patterns: REQUEST_RESPONSE, call: [allow('codebuild:StopBuildBatch', projectOf('Id'))] },
  retryBuildBatch: {
    patterns: RUN_A_JOB,
    call: [allow('codebuild:RetryBuildBatch', projectOf('Id'))],
    sync: [allow(['codebuild:BatchGetBuildBatches', 'codebuild:StopBuildBatch'], projectOf('Id'))],
  },
  deleteBuildBatch: {
    patterns: RUN_A_JOB,
    call: [allow('codebuild:DeleteBuildBatch', projectOf('Id'))],
    sync: [allow('codebuild:BatchGetBuildBatches', projectOf('Id'))],
  },
};
