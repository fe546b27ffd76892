/** CodeBuild's operations by the IDs of builds, which begin with their project's name. */
import { projectOf } from '../../optimized/codebuild.ts';
import { allow, CALLBACK } from '../../row.ts';
import type { Row, ServiceTable } from '../../row.ts';

function ofBuilds(action: string, parameter: string): Row {
  return { patterns: CALLBACK, call: [allow(`codebuild:${action}`, projectOf(parameter))] };
}

export const builds: ServiceTable = {
  batchGetBuildBatches: ofBuilds('BatchGetBuildBatches', 'Ids[]'),
  batchGetBuilds: ofBuilds('BatchGetBuilds', 'Ids[]'),
  retryBuild: ofBuilds('RetryBuild', 'Id'),
};
