import type { ComponentResourceOptions } from '@pulumi/pulumi';
import { OPERATOR, OPERATOR_COMMAND, OWNER_ENVIRONMENT } from '#shared/container.ts';
import { dispatchSettings } from '../../apps/ops/campaigns/settings.ts';
import { Component } from '../component.ts';
import type { Context } from '../context.ts';
import type { Environment } from '../environment.ts';
import { OwnerTask, type OwnerTaskParts } from './owner-task.ts';

/**
 * The operator's command (`npm run ops`) inside the environment: a task definition that nobody runs but people, with
 * `aws ecs run-task` and the command that they mean (docs/runbooks/README.md). Beside the database it may put records
 * on the streams, which is what putting one again that was set aside takes, and read the message log's, which says whether
 * a restore may be settled.
 */
export class Operator extends Component {
  constructor(
    context: Context,
    parts: Pick<OwnerTaskParts, 'keys' | 'image' | 'database' | 'secretArns'> & Pick<Environment, 'streams'>,
    options: ComponentResourceOptions,
  ) {
    super('carillon:deployment:Operator', 'operator', options);
    const { keys, image, database, secretArns, streams } = parts;
    new OwnerTask(
      context,
      OPERATOR,
      {
        keys,
        image,
        database,
        secretArns,
        command: OPERATOR_COMMAND,
        settings: dispatchSettings,
        environment: {
          ...OWNER_ENVIRONMENT,
          ORGANISATION: context.settings.organisation.name,
          ORIGINATION_NUMBER: context.settings.carrier.originationNumber,
          PUBLIC_URL: context.publicUrl,
          ...asOfCampaigns(context),
        },
        given: {},
        policy: [
          {
            sid: 'PutOnStreams',
            actions: ['kinesis:PutRecords'],
            resources: Object.values(streams).map(({ arn }) => arn),
          },
          {
            sid: 'ReadMessageLog',
            actions: ['kinesis:GetRecords', 'kinesis:GetShardIterator', 'kinesis:ListShards'],
            resources: [streams['message-log'].arn],
          },
          {
            sid: 'KeyOfStreams',
            actions: ['kms:Decrypt', 'kms:GenerateDataKey'],
            resources: [keys.data.arn],
            conditions: {
              StringEquals: { 'kms:ViaService': `kinesis.${context.region}.amazonaws.com` },
            },
          },
        ],
      },
      this.inside,
    );
    this.registerOutputs();
  }
}

/** What the stack's configuration says to the service `campaigns`, as far as the command goes by it: both plan alike. */
const asOfCampaigns = ({ settings: { services } }: Context): Record<string, string> =>
  Object.fromEntries(
    Object.entries({
      ...services.defaults.environment,
      ...services.byName.campaigns?.environment,
    }).filter(([name]) => Object.hasOwn(dispatchSettings, name)),
  );
