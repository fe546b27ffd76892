/** The SDK's models, as the emulator moto brings them along. */
import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { readServiceModels, type ServiceModel } from '../../../scripts/iam-tables/service-models.ts';
import { ensureMoto } from '../../../testbed/tools/python-tools.ts';

const lib = join(dirname(dirname(await ensureMoto())), 'lib');
const [python = ''] = readdirSync(lib);

export const services: readonly ServiceModel[] = readServiceModels(
  join(lib, python, 'site-packages', 'botocore', 'data'),
);
