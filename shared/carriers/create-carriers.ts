import type { Config, Settings } from '#shared/config.ts';
import type { CarrierName } from '#shared/contracts/dialog-commands.ts';
import { createAwsCarrier } from './aws/carrier.ts';
import type { Carrier } from './carrier.ts';
import {
  awsSmsSettings,
  type carrierSettings,
  type publicUrlSettings,
  twilioSettings,
  type voiceCarrierSettings,
  vonageSettings,
} from './settings.ts';
import { createTwilioCarrier } from './twilio/carrier.ts';
import { createTwilioVoice } from './twilio/voice.ts';
import type { VoiceCarrier, VoiceWebhooks } from './voice.ts';
import { createVonageCarrier } from './vonage/carrier.ts';

export type CarriersConfig = Config<typeof carrierSettings> & Config<typeof publicUrlSettings>;

/** Those that are set up, by name, in the order of the setting: the first is that of numbers for which nothing else is said. */
export type Carriers = ReadonlyMap<CarrierName, Carrier>;

/**
 * The carriers that are set up. `sockets`: most requests in flight at once at each. `now`: the machine's own time.
 */
export function createCarriers(
  config: CarriersConfig,
  options: { now: () => Date; sockets?: number },
): Carriers {
  const makers: Readonly<Record<CarrierName, () => Carrier>> = {
    twilio: () =>
      createTwilioCarrier({ ...given(config, twilioSettings), PUBLIC_URL: config.PUBLIC_URL }, options),
    vonage: () => createVonageCarrier(given(config, vonageSettings), options),
    aws: () => createAwsCarrier({ ...given(config, awsSmsSettings), AWS_REGION: config.AWS_REGION }, options),
  };
  return new Map(config.CARRIERS.map((name) => [name, makers[name]()]));
}

/** The carrier of calls, where one is set up that makes them; else null. */
export function createVoice(
  config: Config<typeof voiceCarrierSettings> & Config<typeof publicUrlSettings>,
  options: { sockets?: number } = {},
): (VoiceCarrier & VoiceWebhooks) | null {
  if (!config.CARRIERS.includes('twilio')) return null;
  return createTwilioVoice({ ...given(config, twilioSettings), PUBLIC_URL: config.PUBLIC_URL }, options);
}

/** The settings of one carrier that is set up: they were read, as those of the others were not. */
function given<S extends Settings>(config: Readonly<Record<string, unknown>>, settings: S): Config<S> {
  return Object.fromEntries(Object.keys(settings).map((name) => [name, config[name]])) as Config<S>;
}
