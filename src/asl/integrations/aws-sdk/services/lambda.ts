/** Lambda's operations beside `invoke`. https://docs.aws.amazon.com/lambda/latest/dg/lambda-api-permissions-ref.html */
import { allow, CALLBACK } from '../../row.ts';
import type { Permission, ServiceTable } from '../../row.ts';
import { namedFunction } from '../../optimized/lambda.ts';
import { arn } from '../../resources.ts';
import { objectIn } from './s3-users.ts';

/** Code that is taken from S3 with the caller's rights. */
const CODE_FROM_S3: readonly Permission[] = ['Code.', 'Content.', ''].flatMap((holder) => {
  const code = objectIn(`${holder}S3Bucket`, `${holder}S3Key`);
  const version = `${holder}S3ObjectVersion`;
  return [
    allow('s3:GetObject', code, { when: `${holder}S3Bucket`, unless: version }),
    allow('s3:GetObjectVersion', code, { when: version }),
  ];
});

/** To give a function a layer, the caller has to be able to read it.
 *  https://docs.aws.amazon.com/lambda/latest/dg/permissions-user-function.html */
const LAYERS = allow('lambda:GetLayerVersion', arn('lambda', 'layer:{Layers[]}'), { when: 'Layers' });

/** What Lambda's operations need beside their own action, if they give these parameters. */
export const BESIDE_FUNCTIONS: readonly Permission[] = [...CODE_FROM_S3, LAYERS];

/** For these, the resource is the version or the alias that `Qualifier` names. */
export const functions: ServiceTable = Object.fromEntries(
  ['Delete', 'Get', 'Put'].map((verb) => [
    `${verb.toLowerCase()}ProvisionedConcurrencyConfig`,
    { patterns: CALLBACK, call: [allow(`lambda:${verb}ProvisionedConcurrencyConfig`, namedFunction)] },
  ]),
);
