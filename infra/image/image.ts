import { fileURLToPath } from 'node:url';
import * as aws from '@pulumi/aws';
import * as awsx from '@pulumi/awsx';
import { type ComponentResourceOptions, interpolate, type Output } from '@pulumi/pulumi';
import { Component } from '../component.ts';
import type { Context } from '../context.ts';
import type { KeyHandles } from '../environment.ts';
import { imageTagOf } from './image-tag.ts';

/** The folder with the Dockerfile: the product itself. */
const PRODUCT = fileURLToPath(new URL('../../', import.meta.url));

/**
 * Images that are kept, those in use among them: the lifecycle does not know which ones tasks run. Whoever pushes more
 * often than this without deploying has the running one removed, and its tasks cannot be started any more.
 */
const KEPT_IMAGES = 100;

/**
 * The one image of all services, always named by its digest. CI pushes it and says which in the stack's
 * configuration; without that, `pulumi up` builds it on the machine it runs on, which needs Docker.
 */
export class Image extends Component {
  readonly repository: aws.ecr.Repository;
  /** `REPOSITORY@sha256:...` */
  readonly reference: Output<string>;

  constructor({ settings, prefix }: Context, keys: KeyHandles, options: ComponentResourceOptions) {
    super('carillon:image:Image', 'image', options);
    this.repository = new aws.ecr.Repository(
      'image',
      {
        name: `${prefix}services`,
        imageTagMutability: 'IMMUTABLE',
        imageScanningConfiguration: { scanOnPush: true },
        encryptionConfigurations: [{ encryptionType: 'KMS', kmsKey: keys.operations.arn }],
        forceDelete: !settings.protect,
      },
      this.inside,
    );
    new aws.ecr.LifecyclePolicy(
      'image',
      { repository: this.repository.name, policy: JSON.stringify({ rules: [keepLast(KEPT_IMAGES)] }) },
      this.inside,
    );
    this.reference =
      settings.imageDigest === undefined
        ? new awsx.ecr.Image(
            'services',
            {
              repositoryUrl: this.repository.repositoryUrl,
              context: PRODUCT,
              dockerfile: `${PRODUCT}Dockerfile`,
              platform: 'linux/arm64',
              imageTag: imageTagOf(PRODUCT),
            },
            this.inside,
          ).imageUri
        : interpolate`${this.repository.repositoryUrl}@${settings.imageDigest}`;
    this.registerOutputs();
  }
}

const keepLast = (count: number) => ({
  rulePriority: 1,
  description: `Keep the last ${count} images`,
  selection: { tagStatus: 'any', countType: 'imageCountMoreThan', countNumber: count },
  action: { type: 'expire' },
});
