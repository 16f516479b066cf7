/** A message as the simulated carrier shows it to the phones. */
export interface PhoneView {
  id: string;
  direction: 'to_phone' | 'from_phone';
  from: string;
  to: string;
  body: string;
  mediaUrls: string[];
  /**
   * To the phone: the carrier's word. From the phone: `receiving` until the application has answered the webhook,
   * then `received`, or `failed` with 11200 when it never did.
   */
  status: string;
  errorCode: number | null;
  /** ISO 8601: when it was written. */
  at: string;
}

/** A phone that something went to or came from lately. */
export interface RecentPhone {
  number: string;
  /** How many there are. */
  messages: number;
  last: PhoneView;
}
