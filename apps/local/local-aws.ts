/** What the emulators are addressed with. They check no signature; the SDK wants something to sign with. */
export const localAws = {
  region: 'us-east-1',
  accountId: '000000000000',
  credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
} as const;

/**
 * A service signs with an access key of its own, as it has a role of its own on AWS: whatever stands between it and an
 * emulator can tell who called.
 */
export const accessKeyOf = (service: string): string => `local-${service}`;
