import * as aws from '@pulumi/aws';
import type { ComponentResourceOptions } from '@pulumi/pulumi';
import { Component } from '../component.ts';
import type { Context } from '../context.ts';

/** Where all tasks run. Commands cannot be run inside them: what a task does is what its image says. */
export class Cluster extends Component {
  readonly cluster: aws.ecs.Cluster;
  /** Services cannot ask for capacity that the cluster does not have yet. */
  readonly capacity: aws.ecs.ClusterCapacityProviders;
  /** Known before the cluster is. */
  readonly name: string;

  constructor({ prefix }: Context, options: ComponentResourceOptions) {
    super('carillon:services:Cluster', 'cluster', options);
    this.name = `${prefix}services`;
    this.cluster = new aws.ecs.Cluster(
      'cluster',
      {
        name: this.name,
        settings: [{ name: 'containerInsights', value: 'enabled' }],
        configuration: { executeCommandConfiguration: { logging: 'NONE' } },
      },
      this.inside,
    );
    this.capacity = new aws.ecs.ClusterCapacityProviders(
      'cluster',
      { clusterName: this.cluster.name, capacityProviders: ['FARGATE', 'FARGATE_SPOT'] },
      this.inside,
    );
    this.registerOutputs();
  }
}
