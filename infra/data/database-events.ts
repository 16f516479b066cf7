import * as aws from '@pulumi/aws';
import type { ComponentResourceOptions } from '@pulumi/pulumi';
import { Component } from '../component.ts';
import type { Context } from '../context.ts';
import type { Database } from './database.ts';

/** RDS tells people what it does to the database by itself, what it could not do, and who changed its settings. */
export class DatabaseEvents extends Component {
  constructor(
    { prefix }: Context,
    database: Database,
    notices: aws.sns.Topic,
    options: ComponentResourceOptions,
  ) {
    super('carillon:data:DatabaseEvents', 'database-events', options);
    const tell = (of: string, args: Omit<aws.rds.EventSubscriptionArgs, 'snsTopic'>) =>
      new aws.rds.EventSubscription(
        `database-${of}`,
        { name: `${prefix}database-${of}`, snsTopic: notices.arn, ...args },
        this.inside,
      );
    tell('cluster', {
      sourceType: 'db-cluster',
      sourceIds: [database.cluster.id],
      eventCategories: ['failover', 'failure', 'maintenance'],
    });
    tell('instances', {
      sourceType: 'db-instance',
      sourceIds: database.instances.map(({ identifier }) => identifier),
      eventCategories: ['configuration change', 'failure', 'maintenance'],
    });
    // Of every group of the account: who may change one may change ours.
    tell('parameters', { sourceType: 'db-parameter-group', eventCategories: ['configuration change'] });
    tell('security-groups', {
      sourceType: 'db-security-group',
      eventCategories: ['configuration change', 'failure'],
    });
    this.registerOutputs();
  }
}
