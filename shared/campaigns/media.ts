/**
 * What may go with a text as a picture or another file, as data. Carriers fetch it from its address when they send. Twilio
 * takes 5 MB in all, and makes GIF, JPEG and PNG fit for the phone; of everything else networks take 600 kB at the least
 * patient of them. AWS takes 2 MB of an image. The types are those that both take.
 * https://www.twilio.com/docs/messaging/guides/accepted-mime-types
 * https://docs.aws.amazon.com/sms-voice/latest/userguide/mms-limitations-character.html
 */
export const mediaTypes = [
  { extensions: ['gif'], type: 'image/gif', mostBytes: 2_000_000 },
  { extensions: ['jpg', 'jpeg'], type: 'image/jpeg', mostBytes: 2_000_000 },
  { extensions: ['png'], type: 'image/png', mostBytes: 2_000_000 },
  { extensions: ['3gp'], type: 'video/3gpp', mostBytes: 600_000 },
  { extensions: ['3g2'], type: 'video/3gpp2', mostBytes: 600_000 },
  { extensions: ['mp4', 'm4v'], type: 'video/mp4', mostBytes: 600_000 },
  { extensions: ['mov'], type: 'video/quicktime', mostBytes: 600_000 },
  { extensions: ['webm'], type: 'video/webm', mostBytes: 600_000 },
  { extensions: ['amr'], type: 'audio/amr', mostBytes: 600_000 },
  { extensions: ['m4a'], type: 'audio/mp4', mostBytes: 600_000 },
  { extensions: ['mp3'], type: 'audio/mpeg', mostBytes: 600_000 },
  { extensions: ['ogg', 'oga'], type: 'audio/ogg', mostBytes: 600_000 },
  { extensions: ['vcf'], type: 'text/vcard', mostBytes: 600_000 },
  { extensions: ['ics'], type: 'text/calendar', mostBytes: 600_000 },
  { extensions: ['pdf'], type: 'application/pdf', mostBytes: 600_000 },
] as const satisfies readonly { extensions: readonly string[]; type: string; mostBytes: number }[];

const EXTENSION = /\.([a-z0-9]{1,5})$/i;

/** What is wrong with the address of a file, as far as it can be told from the address; null: nothing. */
export function mediaFault(address: string): string | null {
  const url = URL.parse(address);
  if (url === null || url.protocol !== 'https:') return 'must be an https address';
  if (url.username !== '' || url.password !== '') return 'must not hold a name or a password';
  const extension = EXTENSION.exec(url.pathname)?.[1]?.toLowerCase();
  // An address without one may be of anything: the carrier goes by what its server says.
  if (extension === undefined) return null;
  const isTaken = mediaTypes.some(({ extensions }) => extensions.some((each) => each === extension));
  return isTaken ? null : `ends in .${extension}, which carriers do not take: use JPEG, PNG or GIF`;
}

/** What a server says of a file when it is asked for the head alone. */
export interface MediaHead {
  status: number;
  /** Without parameters, in lower case; null: it does not say. */
  type: string | null;
  bytes: number | null;
}

/** What is wrong with a file by what its server says; null: nothing, as far as that tells. */
export function headFault({ bytes, status, type }: MediaHead): string | null {
  if (status !== 200) return `is answered with ${status}: a carrier would not get it`;
  const taken = mediaTypes.find((each) => each.type === type);
  if (taken === undefined) {
    return type === null
      ? 'comes without a Content-Type, by which carriers go'
      : `is of type ${type}, which carriers do not take`;
  }
  if (bytes === null || bytes <= taken.mostBytes) return null;
  return `has ${inMegabytes(bytes)}: of ${taken.type} carriers take ${inMegabytes(taken.mostBytes)}`;
}

const inMegabytes = (bytes: number): string => `${(bytes / 1_000_000).toFixed(1)} MB`;
