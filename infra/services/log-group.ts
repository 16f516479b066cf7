import * as aws from '@pulumi/aws';
import type { Resource } from '@pulumi/pulumi';
import type { Context } from '../context.ts';
import type { KeyHandles } from '../environment.ts';

/** Logs of a task: `/carillon/dev/sender`. */
export const taskLogGroup = (
  { stack, settings }: Context,
  keys: KeyHandles,
  name: string,
  options: { parent: Resource },
): aws.cloudwatch.LogGroup =>
  new aws.cloudwatch.LogGroup(
    name,
    {
      name: `/carillon/${stack}/${name}`,
      retentionInDays: settings.logs.retentionDays,
      kmsKeyId: keys.operations.arn,
    },
    options,
  );
