/**
 * Which addresses in a notification may be asked: whoever can reach the gateway chooses them, and it must not be led
 * anywhere else than to Amazon SNS in the region of a topic of ours.
 */
export interface SnsAddresses {
  /** Where the certificate of a signature is. */
  isCertificate(url: string, region: string): boolean;
  /** Where a subscription is confirmed. */
  isConfirmation(url: string, region: string): boolean;
}

const isOfAws = (url: URL, region: string): boolean =>
  url.protocol === 'https:' &&
  url.username === '' &&
  url.password === '' &&
  url.port === '' &&
  (url.hostname === `sns.${region}.amazonaws.com` || url.hostname === `sns.${region}.amazonaws.com.cn`);

/** As AWS names them: `SimpleNotificationService-` and 32 hexadecimal digits. */
const CERTIFICATE = /^\/SimpleNotificationService-[0-9a-f]{32}\.pem$/;

const isConfirmation = (url: URL): boolean =>
  url.pathname === '/' && url.searchParams.get('Action') === 'ConfirmSubscription';

/** Those of AWS. */
export const addressesOfAws: SnsAddresses = {
  isCertificate: (text, region) => {
    const url = URL.parse(text);
    return url !== null && isOfAws(url, region) && CERTIFICATE.test(url.pathname) && url.search === '';
  },
  isConfirmation: (text, region) => {
    const url = URL.parse(text);
    return url !== null && isOfAws(url, region) && isConfirmation(url);
  },
};

/** Those of a simulator on this machine. */
export const addressesOf = (origin: string): SnsAddresses => ({
  isCertificate: (text) => {
    const url = URL.parse(text);
    return url?.origin === origin && CERTIFICATE.test(url.pathname) && url.search === '';
  },
  isConfirmation: (text) => {
    const url = URL.parse(text);
    return url?.origin === origin && url !== null && isConfirmation(url);
  },
});
