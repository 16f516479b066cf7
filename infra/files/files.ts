import type * as aws from '@pulumi/aws';
import { type ComponentResourceOptions, interpolate } from '@pulumi/pulumi';
import { Component } from '../component.ts';
import type { Context } from '../context.ts';
import type { KeyHandles } from '../environment.ts';
import type { Statement } from '../iam/policy-document.ts';
import { expireAfter, oldVersions, PrivateBucket } from './private-bucket.ts';

/** What the load balancer's logs are put under. */
export const BALANCER_LOGS = 'balancer';

/** Files of the product (imports, exports, recordings, media, archives), and logs of AWS's own services. */
export class Files extends Component {
  readonly files: aws.s3.Bucket;
  readonly logs: PrivateBucket;

  constructor(context: Context, keys: KeyHandles, options: ComponentResourceOptions) {
    super('carillon:files:Files', 'files', options);
    this.logs = new PrivateBucket(
      context,
      {
        name: 'logs',
        key: undefined,
        logsTo: undefined,
        lifecycle: [expireAfter(context.settings.logs.retentionDays), oldVersions],
        statements: (bucket) => [balancerWrites(context, bucket), requestsAreLogged(context, bucket)],
      },
      this.inside,
    );
    const files = new PrivateBucket(
      context,
      {
        name: 'files',
        key: keys.data,
        logsTo: this.logs.bucket,
        lifecycle: [oldVersions],
        statements: () => [],
      },
      this.inside,
    );
    this.files = files.bucket;
    this.registerOutputs();
  }
}

const balancerWrites = ({ accountId }: Context, bucket: aws.s3.Bucket): Statement => ({
  sid: 'BalancerWritesLogs',
  principal: { Service: 'logdelivery.elasticloadbalancing.amazonaws.com' },
  actions: ['s3:PutObject'],
  resources: [interpolate`${bucket.arn}/${BALANCER_LOGS}/AWSLogs/${accountId}/*`],
});

const requestsAreLogged = ({ accountId }: Context, bucket: aws.s3.Bucket): Statement => ({
  sid: 'RequestsAreLogged',
  principal: { Service: 'logging.s3.amazonaws.com' },
  actions: ['s3:PutObject'],
  resources: [interpolate`${bucket.arn}/requests/*`],
  conditions: { StringEquals: { 'aws:SourceAccount': accountId } },
});
