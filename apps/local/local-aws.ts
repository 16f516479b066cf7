/** What the emulators are addressed with. They check no signature; the SDK wants something to sign with. */
export const localAws = {
  region: 'us-east-1',
  accountId: '000000000000',
  credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
} as const;
