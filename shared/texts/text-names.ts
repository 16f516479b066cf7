/** The texts that the product says by itself, whatever the programme. All are templates (shared/drills/template.ts). */
export type TextName =
  /** After a wrong answer that may be corrected. */
  | 'tryAgain'
  /** After the last wrong answer: gives `{{correctAnswer}}`. */
  | 'correctedAnswer'
  | 'right'
  | 'invalidCode'
  /** To a picture, a recording or a contact card where only words can be understood. */
  | 'wordsOnly'
  | 'reminder'
  /** The one message that may follow a STOP. */
  | 'optOutConfirmation'
  | 'optedBackIn'
  | 'menu'
  | 'support'
  | 'help'
  /** Every drill of the programme is done. */
  | 'nothingMore';

export type BuiltInTexts = Readonly<Record<TextName, string>>;
