import type { InfraSettings } from './config/schema.ts';

/** What every layer knows about where it is. All of it is known before anything is made. */
export interface Context {
  readonly settings: InfraSettings;
  readonly stack: string;
  /** What physical names begin with: `carillon-dev-`. */
  readonly prefix: string;
  readonly region: string;
  readonly accountId: string;
  readonly partition: string;
  /** Of the AWS CLI's configuration, when the stack names one: whoever calls AWS has to use it. */
  readonly profile: string | undefined;
  readonly publicUrl: string;
  /** Of the metrics that services write: `Carillon/dev`. */
  readonly metricsNamespace: string;
}

/** Longest stack name with which every physical name stays within AWS's limits (32 for load balancers). */
export const LONGEST_STACK_NAME = 10;

/** Resource options of what holds data: in protected environments neither Pulumi nor a replacement removes it. */
export const keepsData = ({ settings }: Context): { protect?: true; retainOnDelete?: true } =>
  settings.protect ? { protect: true, retainOnDelete: true } : {};
