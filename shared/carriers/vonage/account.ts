import type { Config } from '#shared/config.ts';
import type { vonageSettings } from '../settings.ts';

export type SignatureMethod = Config<typeof vonageSettings>['VONAGE_SIGNATURE_METHOD'];

/** What webhooks are checked against. */
export interface VonageAccount {
  apiKey: string;
  signatureSecret: string;
  /** Of the SMS API. */
  signatureMethod: SignatureMethod;
}
