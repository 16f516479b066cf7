import type { ReceivingDeps } from '../receive-inbound.ts';

/** What webhooks about calls need besides what every webhook needs. */
export interface CallDeps extends ReceivingDeps {
  /** Address under which the carrier reaches us: scheme, host and port. */
  publicUrl: string;
  /** By what name people know the organisation. */
  organisation: string;
}
